//! A server and a client of HTTP/1.1 with one request per connection.
#![expect(
    clippy::disallowed_methods,
    reason = "the sample is configured by its environment"
)]

use std::{
    fmt::Write as _,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream, ToSocketAddrs as _},
    time::Duration,
};

/// How long a service may take, as in Istio's sample.
const TIMEOUT: Duration = Duration::from_secs(3);

/// How long a client may take to send its request.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// The longest body of a request that is read, in bytes.
const MAX_BODY: u64 = 64 * 1024;

/// Headers that are passed on, so that the requests of one page form one trace.
const PASSED_ON: [&str; 14] = [
    "x-request-id",
    "x-b3-traceid",
    "x-b3-spanid",
    "x-b3-parentspanid",
    "x-b3-sampled",
    "x-b3-flags",
    "b3",
    "traceparent",
    "tracestate",
    "x-ot-span-context",
    "x-datadog-trace-id",
    "grpc-trace-bin",
    "end-user",
    "user-agent",
];

/// A request: its first line, its headers with names in lower case, and its body.
#[derive(Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Request {
    /// The path without the query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The value of a header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(key, _)| key == name);
        header.map(|(_, value)| value.as_str())
    }
}

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: String,
    content_type: &'static str,
    headers: Vec<(&'static str, String)>,
}

impl Response {
    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self {
            status,
            body: body.to_owned(),
            content_type: "application/json",
            headers: Vec::new(),
        }
    }

    pub(crate) fn html(body: String) -> Self {
        Self {
            status: 200,
            body,
            content_type: "text/html; charset=utf-8",
            headers: Vec::new(),
        }
    }

    pub(crate) fn see_other(location: &str, cookie: &str) -> Self {
        Self {
            status: 302,
            body: String::new(),
            content_type: "text/plain",
            headers: vec![
                ("location", location.to_owned()),
                ("set-cookie", cookie.to_owned()),
            ],
        }
    }
}

/// Serves requests until the process ends, each in a thread.
pub(crate) fn serve(port: u16, respond: fn(&Request) -> Response) -> io::Result<()> {
    // Pods have IPv6 addresses in clusters that use them; a socket of IPv6 accepts both.
    let listener =
        TcpListener::bind(("::", port)).or_else(|_| TcpListener::bind(("0.0.0.0", port)))?;
    for stream in listener.incoming().flatten() {
        std::thread::spawn(move || {
            if let Err(error) = answer(&stream, respond) {
                eprintln!("bookinfo: {error}");
            }
        });
    }
    Ok(())
}

fn answer(stream: &TcpStream, respond: fn(&Request) -> Response) -> io::Result<()> {
    stream.set_read_timeout(Some(READ_TIMEOUT))?;
    let mut reader = BufReader::new(stream);
    let Some(request) = read_request(&mut reader)? else {
        return Ok(());
    };
    let response = respond(&request);
    write_response(stream, &response)
}

fn read_request(reader: &mut BufReader<&TcpStream>) -> io::Result<Option<Request>> {
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut words = first.split_whitespace().map(str::to_owned);
    let mut request = Request {
        method: words.next().unwrap_or_default(),
        target: words.next().unwrap_or_default(),
        ..Request::default()
    };
    request.headers = read_headers(reader)?;
    let length = request
        .header("content-length")
        .and_then(|text| text.parse().ok());
    let mut body = Vec::new();
    reader
        .take(length.unwrap_or(0).min(MAX_BODY))
        .read_to_end(&mut body)?;
    request.body = String::from_utf8_lossy(&body).into_owned();
    Ok(Some(request))
}

fn read_headers(reader: &mut BufReader<&TcpStream>) -> io::Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => {
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
            None => return Ok(headers),
        }
    }
}

fn write_response(mut stream: &TcpStream, response: &Response) -> io::Result<()> {
    let Response {
        status,
        body,
        content_type,
        headers,
    } = response;
    let mut head = format!(
        "HTTP/1.1 {status} {}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n",
        reason(*status),
        body.len()
    );
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("connection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        404 => "Not Found",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}

/// Requests a path of a service with the headers of `request` that are passed on; the status and the body
/// of the response.
pub(crate) fn get(service: &str, path: &str, request: &Request) -> io::Result<(u16, String)> {
    let host = host(service);
    let address = host.to_socket_addrs()?.next();
    let address = address.ok_or_else(|| io::Error::other(format!("{host} has no address")))?;
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    let mut text = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    for name in PASSED_ON {
        if let Some(value) = request.header(name) {
            let _ = write!(text, "{name}: {value}\r\n");
        }
    }
    text.push_str("\r\n");
    stream.write_all(text.as_bytes())?;
    let mut reader = BufReader::new(&stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let status = first
        .split_whitespace()
        .nth(1)
        .and_then(|text| text.parse().ok());
    let status = status.ok_or_else(|| io::Error::other(format!("{host} sent no status")))?;
    let headers = read_headers(&mut reader)?;
    Ok((status, read_body(&mut reader, &headers)?))
}

/// The host and port of a service; `DETAILS_HOSTNAME`, `DETAILS_SERVICE_PORT` and `SERVICES_DOMAIN`, and
/// the same for other services, replace the defaults.
fn host(service: &str) -> String {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let upper = service.to_ascii_uppercase();
    let name = variable(&format!("{upper}_HOSTNAME")).unwrap_or_else(|| service.to_owned());
    let domain =
        variable("SERVICES_DOMAIN").map_or_else(String::new, |domain| format!(".{domain}"));
    let port = variable(&format!("{upper}_SERVICE_PORT")).unwrap_or_else(|| "9080".to_owned());
    format!("{name}{domain}:{port}")
}

fn read_body(
    reader: &mut BufReader<&TcpStream>,
    headers: &[(String, String)],
) -> io::Result<String> {
    let has = |name: &str, value: &str| {
        headers
            .iter()
            .any(|(key, text)| key == name && text.eq_ignore_ascii_case(value))
    };
    let mut body = Vec::new();
    if has("transfer-encoding", "chunked") {
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let length = u64::from_str_radix(line.trim(), 16).unwrap_or(0);
            if length == 0 {
                break;
            }
            reader.by_ref().take(length).read_to_end(&mut body)?;
            reader.read_line(&mut line)?;
        }
    } else {
        let length = headers.iter().find(|(key, _)| key == "content-length");
        let length = length.and_then(|(_, text)| text.parse().ok());
        reader
            .by_ref()
            .take(length.unwrap_or(u64::MAX))
            .read_to_end(&mut body)?;
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}
