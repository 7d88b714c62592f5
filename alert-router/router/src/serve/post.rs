//! The mail server as the configuration describes it, with the password as it is now.

use std::sync::Arc;

use gjallarhorn_service::secret::SecretFile;

use super::targets::Papers;
use crate::config::{MailServer, Tls};
use crate::mail::session::{Door, Privacy};
use crate::secrets::Vault;

/// Makes a [`Door`] for each letter, so that a rotated password is used by the next one.
#[derive(Debug)]
pub struct PostOffice {
    door: Door,
    user: Option<(String, SecretFile)>,
    vault: Arc<Vault>,
}

impl PostOffice {
    /// From the configuration.
    #[must_use]
    pub fn new(server: &MailServer, papers: &Papers, vault: Arc<Vault>) -> Self {
        let privacy = match server.tls {
            Tls::Starttls => Privacy::StartTls,
            Tls::Tls => Privacy::Tls,
            Tls::None => Privacy::Plain,
        };
        let door = Door {
            host: server.host.clone(),
            port: server.port(),
            privacy,
            login: None,
            extra_root: papers.get(server.extra_root_file.as_deref()),
            hello: server.hello.clone(),
            deadline: server.deadline.get(),
        };
        PostOffice { door, user: server.username.clone().zip(server.password_file.clone()), vault }
    }

    /// The door, with the password of this moment.
    ///
    /// # Errors
    /// In words, if the password was never read.
    pub fn door(&self) -> Result<Door, String> {
        let login = match &self.user {
            None => None,
            Some((user, place)) => {
                let password = self.vault.get(place).ok_or("the mail password was not read")?;
                Some((user.clone(), password))
            }
        };
        Ok(Door { login, ..self.door.clone() })
    }

    /// A server's words without our secrets.
    #[must_use]
    pub fn scrub(&self, text: &str) -> String {
        self.vault.scrub(text)
    }
}
