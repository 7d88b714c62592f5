//! One conversation with a mail server, from connect to quit, within one deadline.

use std::net::IpAddr;
use std::time::Duration;

use gjallarhorn_service::secret::Secret;
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::{Instant, timeout_at};

use super::refusal::{Refusal, Step};

/// How the way to the server is kept private.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Privacy {
    /// STARTTLS, and no letter without it.
    #[default]
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None. Only to this machine.
    Plain,
}

/// Where letters are handed over.
#[derive(Clone, Debug)]
pub struct Door {
    /// The server's name, also the one its certificate must carry.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way is kept private.
    pub privacy: Privacy,
    /// User and password.
    pub login: Option<(String, Secret)>,
    /// A further root certificate (PEM).
    pub extra_root: Option<Vec<u8>>,
    /// What we say in EHLO.
    pub hello: String,
    /// From connect to the server's last word.
    pub deadline: Duration,
}

/// Written with the step it reached, so that a deadline can be told from where it struck.
#[derive(Debug)]
pub struct Session<'a> {
    door: &'a Door,
    step: Step,
}

impl<'a> Session<'a> {
    /// Nothing is connected yet.
    #[must_use]
    pub fn new(door: &'a Door) -> Self {
        Session { door, step: Step::Greeting }
    }

    /// Hands one letter over; the server's reply to it on success.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn deliver(mut self, envelope: &Envelope, letter: &[u8]) -> Result<String, Refusal> {
        let ends = Instant::now() + self.door.deadline;
        match timeout_at(ends, self.converse(Some((envelope, letter)))).await {
            Ok(done) => done,
            Err(_) => Err(Refusal::late(self.step, self.door.deadline.as_secs())),
        }
    }

    /// Greets, secures the way and logs in, but sends no letter.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn knock(mut self) -> Result<String, Refusal> {
        let ends = Instant::now() + self.door.deadline;
        match timeout_at(ends, self.converse(None)).await {
            Ok(done) => done,
            Err(_) => Err(Refusal::late(self.step, self.door.deadline.as_secs())),
        }
    }

    async fn converse(&mut self, letter: Option<(&Envelope, &[u8])>) -> Result<String, Refusal> {
        let hello = ClientId::Domain(self.door.hello.clone());
        let mut connection = self.connect(&hello).await?;
        self.log_in(&mut connection).await?;
        let Some((envelope, bytes)) = letter else {
            let _ = connection.quit().await;
            return Ok(format!("{} greets", self.door.host));
        };
        self.step = Step::Letter;
        let reply = connection.send(envelope, bytes).await.map_err(|error| self.refused(&error))?;
        let words = reply.message().collect::<Vec<_>>().join(" ");
        // The letter is taken. A server that does not answer QUIT cannot make it untaken.
        let _ = tokio::time::timeout(Duration::from_secs(1), connection.quit()).await;
        Ok(format!("{} {words}", reply.code()))
    }

    async fn connect(&mut self, hello: &ClientId) -> Result<AsyncSmtpConnection, Refusal> {
        let door = self.door;
        if door.privacy == Privacy::Plain && !is_this_machine(&door.host) {
            return Err(Refusal::unusable(
                Step::Tls,
                format!("{} is not this machine, and `tls: none` would send passwords in the clear", door.host),
            ));
        }
        let tls = (door.privacy != Privacy::Plain).then(|| self.tls()).transpose()?;
        let at_once = tls.clone().filter(|_| door.privacy == Privacy::Tls);
        let address = (door.host.as_str(), door.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(address, Some(door.deadline), hello, at_once, None)
            .await
            .map_err(|error| self.refused(&error))?;
        if let (Privacy::StartTls, Some(tls)) = (door.privacy, tls) {
            self.step = Step::Tls;
            if !connection.can_starttls() {
                connection.abort().await;
                return Err(Refusal::unusable(Step::Tls, "the server offers no STARTTLS"));
            }
            connection.starttls(tls, hello).await.map_err(|error| self.refused(&error))?;
        }
        Ok(connection)
    }

    async fn log_in(&mut self, connection: &mut AsyncSmtpConnection) -> Result<(), Refusal> {
        let Some((user, password)) = &self.door.login else { return Ok(()) };
        self.step = Step::Login;
        let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
        let known = [Mechanism::Plain, Mechanism::Login];
        connection.auth(&known, &credentials).await.map(drop).map_err(|error| self.refused(&error))
    }

    fn tls(&self) -> Result<TlsParameters, Refusal> {
        let unusable = |error: lettre::transport::smtp::Error| Refusal::unusable(Step::Tls, error.to_string());
        let mut builder = TlsParameters::builder(self.door.host.clone());
        if let Some(pem) = &self.door.extra_root {
            builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(unusable)?);
        }
        builder.build().map_err(unusable)
    }

    fn refused(&self, error: &lettre::transport::smtp::Error) -> Refusal {
        Refusal::read(self.step, error)
    }
}

/// Whether a host name or address is this machine, whatever a resolver would say.
#[must_use]
pub fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
