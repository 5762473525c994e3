//! Slow clients against a server with short limits.

use super::{LimitedListener, Limits, track_request};
use crate::connections::Connection;
use axum::{
    Router,
    body::{Body, Bytes},
    middleware::from_fn,
    response::sse::{Event, Sse},
    routing::get,
};
use futures::StreamExt as _;
use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Notify,
    time::{Instant, sleep, timeout},
};

const HEAD: Duration = Duration::from_millis(300);
const IDLE: Duration = Duration::from_millis(1500);
const STALLED: Duration = Duration::from_millis(300);
/// Long enough for every expected end, on a busy machine too.
const TEST_TIMEOUT: Duration = Duration::from_secs(20);
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n";

/// Serves a short text, an event stream with an event each tenth of a second, and an endless text whose
/// end is reported.
async fn serve(total: usize) -> (SocketAddr, Arc<Notify>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
    let address = listener.local_addr().expect("an address");
    let limits = Limits {
        head: HEAD,
        idle: IDLE,
        stalled: STALLED,
        total,
        per_peer: 1,
    };
    let ended = Arc::new(Notify::new());
    let reported = ended.clone();
    let router = Router::new()
        .route("/", get(async || "ok"))
        .route("/events", get(async || Sse::new(events())))
        .route("/endless", get(async move || endless(reported)))
        .layer(from_fn(track_request));
    let service = router.into_make_service_with_connect_info::<Connection>();
    let listener = LimitedListener::new(listener, limits);
    tokio::spawn(axum::serve(listener, service).into_future());
    (address, ended)
}

fn events() -> impl futures::Stream<Item = Result<Event, Infallible>> {
    futures::stream::iter(0..).then(async |number: u32| {
        sleep(Duration::from_millis(100)).await;
        Ok(Event::default().data(number.to_string()))
    })
}

fn endless(ended: Arc<Notify>) -> Body {
    struct Reported(Arc<Notify>);
    impl Drop for Reported {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }
    let reported = Reported(ended);
    Body::from_stream(futures::stream::repeat_with(move || {
        let _ = &reported;
        Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 8192]))
    }))
}

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.expect("a connection")
}

/// Sends a request and reads its response, which leaves the connection open.
async fn request(stream: &mut TcpStream) {
    stream.write_all(REQUEST).await.expect("written");
    let mut response = Vec::new();
    while !response.ends_with(b"\r\n\r\nok") {
        let read = stream.read_buf(&mut response).await.expect("a response");
        assert_ne!(read, 0, "the connection was closed");
    }
}

/// Waits until the server closes the connection, and gives how long that took.
async fn closed(stream: &mut TcpStream) -> Duration {
    let started = Instant::now();
    let mut rest = Vec::new();
    let read = timeout(TEST_TIMEOUT, stream.read_to_end(&mut rest)).await;
    // An error is a reset: the connection is closed as well.
    let _ = read.expect("the server closes the connection");
    started.elapsed()
}

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let (address, _) = serve(10).await;
    assert!(closed(&mut connect(address).await).await >= HEAD / 2);
}

#[tokio::test]
async fn a_head_that_arrives_byte_by_byte_is_cut() {
    let (address, _) = serve(10).await;
    let mut stream = connect(address).await;
    let started = Instant::now();
    stream.write_all(b"GET / HTTP/1.1\r\n").await.expect("sent");
    // Each byte arrives well within the limit; the head never ends.
    while started.elapsed() < TEST_TIMEOUT {
        sleep(HEAD / 10).await;
        let mut byte = [0];
        let ended = match stream.try_read(&mut byte) {
            Ok(read) => read == 0,
            Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
        };
        if ended || stream.write_all(b"x").await.is_err() {
            return;
        }
    }
    panic!("the connection is still open");
}

#[tokio::test]
async fn a_connection_is_idle_for_longer_than_a_head_may_take_and_then_closed() {
    let (address, _) = serve(10).await;
    let mut stream = connect(address).await;
    request(&mut stream).await;
    sleep(HEAD * 2).await;
    request(&mut stream).await;
    assert!(closed(&mut stream).await > HEAD);
}

#[tokio::test]
async fn the_head_of_a_later_request_is_cut_too() {
    let (address, _) = serve(10).await;
    let mut stream = connect(address).await;
    request(&mut stream).await;
    stream.write_all(b"GET / HTTP").await.expect("sent");
    assert!(closed(&mut stream).await < IDLE);
}

#[tokio::test]
async fn an_event_stream_outlives_all_limits() {
    let (address, _) = serve(10).await;
    let mut stream = connect(address).await;
    let request = b"GET /events HTTP/1.1\r\nHost: test\r\n\r\n";
    stream.write_all(request).await.expect("written");
    let started = Instant::now();
    let mut received = Vec::new();
    while started.elapsed() < IDLE + HEAD {
        let read = stream.read_buf(&mut received).await.expect("an event");
        assert_ne!(read, 0, "the stream was closed");
    }
    assert!(String::from_utf8_lossy(&received).contains("data: 5"));
}

#[tokio::test]
async fn a_client_that_does_not_read_is_disconnected() {
    let (address, ended) = serve(10).await;
    let mut stream = connect(address).await;
    let request = b"GET /endless HTTP/1.1\r\nHost: test\r\n\r\n";
    stream.write_all(request).await.expect("written");
    let ended = timeout(TEST_TIMEOUT, ended.notified()).await;
    ended.expect("the response is given up");
}

#[tokio::test]
async fn silent_connections_do_not_lock_other_clients_out() {
    let (address, _) = serve(2).await;
    let mut silent = Vec::new();
    for _ in 0..6 {
        silent.push(connect(address).await);
    }
    let mut stream = connect(address).await;
    timeout(TEST_TIMEOUT, request(&mut stream))
        .await
        .expect("a response after the silent connections were closed");
}

/// A client that holds a connection without using it.
#[derive(Clone, Copy, Debug)]
enum SlowClient {
    Silent,
    HalfHead,
    Idle,
    HalfSecondHead,
    NoReader,
}

impl SlowClient {
    /// Connects, and returns whether the server closed the connection.
    async fn is_disconnected(self, address: SocketAddr, ended: Arc<Notify>) -> bool {
        let mut stream = connect(address).await;
        let sent: &[&[u8]] = match self {
            Self::Silent => &[],
            Self::HalfHead => &[b"GET / HTTP/1.1\r\nHost:"],
            Self::Idle => &[REQUEST],
            Self::HalfSecondHead => &[REQUEST, b"GET / HT"],
            Self::NoReader => &[b"GET /endless HTTP/1.1\r\nHost: test\r\n\r\n"],
        };
        for bytes in sent {
            // A full server may have closed the connection already.
            let _ = stream.write_all(bytes).await;
        }
        if let Self::NoReader = self {
            return timeout(TEST_TIMEOUT, ended.notified()).await.is_ok();
        }
        let mut rest = Vec::new();
        let read = timeout(TEST_TIMEOUT, stream.read_to_end(&mut rest)).await;
        read.is_ok()
    }
}

#[expect(clippy::print_stdout, reason = "the suite reports what it tried")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_slow_clients_are_disconnected_while_another_one_is_served() {
    let (address, ended) = serve(8).await;
    let kinds = [
        SlowClient::Silent,
        SlowClient::HalfHead,
        SlowClient::Idle,
        SlowClient::HalfSecondHead,
        SlowClient::NoReader,
    ];
    let clients = kinds.iter().cycle().take(30).map(|client| {
        let ended = ended.clone();
        async move { (client, client.is_disconnected(address, ended).await) }
    });
    let slow = futures::future::join_all(clients);
    let served = async {
        for _ in 0..5 {
            request(&mut connect(address).await).await;
        }
    };
    let (slow, served) = tokio::join!(slow, timeout(TEST_TIMEOUT, served));
    let harmed: Vec<_> = slow.iter().filter(|(_, closed)| !closed).collect();
    println!(
        "slow clients: {} tried, {} harmed",
        slow.len(),
        harmed.len()
    );
    assert!(harmed.is_empty(), "{harmed:?}");
    served.expect("the other client is served");
}

#[test]
fn a_fifth_of_the_files_is_left_for_other_uses() {
    assert_eq!(Limits::new(1024, 512).total, 816);
    assert_eq!(Limits::new(1, 512).total, 1);
    assert!(Limits::new(u64::MAX, 512).total > 1_000_000);
}
