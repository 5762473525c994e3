//! The clock of an API server, from the `Date` of its answers.

use crate::{Cluster, Error, Verb};
use jiff::{Timestamp, fmt::rfc2822};
use kube::client::Body;

impl Cluster {
    /// What time it is there, to the second; none when its answers carry no date.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Unreachable`] or [`Error::TimedOut`].
    pub async fn clock(&self) -> Result<Option<Timestamp>, Error> {
        let request = http::Request::get("/version").body(Body::empty());
        let request = request.map_err(|source| Error::Connect {
            cluster: self.name().clone(),
            source: source.into(),
        })?;
        let call = self.client.send(request);
        let answer = self.call(Verb::Get, "its clock", call).await?;
        let date = answer.headers().get(http::header::DATE);
        let text = date.and_then(|date| date.to_str().ok()).unwrap_or_default();
        let read = rfc2822::DateTimeParser::new().parse_timestamp(text);
        Ok(read.ok())
    }
}
