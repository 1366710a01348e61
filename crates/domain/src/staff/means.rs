//! By which means a session was opened; it stands in the audit log and in the list of one's sessions.

use crate::kit::words;

words! {
    /// What somebody proved themselves with.
    pub enum Means {
        /// The password alone.
        Password = "password", "Password";
        /// The password, and a code of an app or a recovery code.
        PasswordAndCode = "password_and_code", "Password and code";
        /// The password, and a passkey.
        PasswordAndPasskey = "password_and_passkey", "Password and passkey";
        /// A passkey alone.
        Passkey = "passkey", "Passkey";
        /// The identity provider.
        Provider = "provider", "Identity provider";
        /// The identity provider, which has asked for a second factor itself.
        ProviderStrong = "provider_with_second_factor", "Identity provider with a second factor";
        /// The identity provider, and a code.
        ProviderAndCode = "provider_and_code", "Identity provider and code";
        /// The identity provider, and a passkey.
        ProviderAndPasskey = "provider_and_passkey", "Identity provider and passkey";
        /// The link of an invitation, with a new password.
        Invitation = "invitation", "Invitation";
        /// The first start of the installation.
        SetUp = "set_up", "First start";
    }
}

impl Means {
    /// The identity provider let them in.
    pub fn is_provider(self) -> bool {
        matches!(self, Self::Provider | Self::ProviderStrong | Self::ProviderAndCode | Self::ProviderAndPasskey)
    }

    /// The same, with a code behind it.
    pub(super) fn and_code(self) -> Self {
        if self.is_provider() { Self::ProviderAndCode } else { Self::PasswordAndCode }
    }

    /// The same, with a passkey behind it.
    pub(super) fn and_passkey(self) -> Self {
        if self.is_provider() { Self::ProviderAndPasskey } else { Self::PasswordAndPasskey }
    }
}
