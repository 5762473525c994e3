//! The ways to build the console: fast to build, as the tests need it, fast to run, and as it is distributed.

/// How the server and the browser side are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Cargo's `dev` profile, which the tests use too: the shortest build.
    Dev,
    /// For the browser tests: the server of `Dev`, and the browser side of `Release` with the page of components,
    /// which that server has.
    Test,
    /// Optimised, without link-time optimisation.
    Release,
    /// Optimised with link-time optimisation, for benchmarks and images.
    Dist,
}

impl Profile {
    /// Cargo's profile for the server.
    pub(crate) fn server(self) -> &'static str {
        match self {
            Self::Dev | Self::Test => "dev",
            Self::Release => "release",
            Self::Dist => "dist",
        }
    }

    /// The folder below the target folder in which cargo puts the server.
    pub(crate) fn server_folder(self) -> &'static str {
        match self {
            Self::Dev | Self::Test => "debug",
            Self::Release => "release",
            Self::Dist => "dist",
        }
    }

    /// Cargo's profile for the browser side.
    pub(crate) fn browser(self) -> &'static str {
        match self {
            Self::Dev => "wasm-dev",
            Self::Test | Self::Release | Self::Dist => "wasm-release",
        }
    }

    /// Cargo's features for the browser side. The page of components follows the server: a server with debug
    /// assertions has it.
    pub(crate) fn browser_features(self) -> &'static str {
        match self {
            Self::Dev | Self::Test => "hydrate,design",
            Self::Release | Self::Dist => "hydrate",
        }
    }

    /// Whether the browser side is what operators get.
    pub(crate) fn is_shipped(self) -> bool {
        matches!(self, Self::Release | Self::Dist)
    }

    /// Whether names and debug checks are kept in the browser side, and nothing is compressed.
    pub(crate) fn is_dev(self) -> bool {
        self == Self::Dev
    }

    /// The profile that the arguments of a command name: `--release`, `--dist`, else `dev`; with the
    /// arguments that are left.
    pub(crate) fn from_arguments(arguments: &[String]) -> (Self, Vec<String>) {
        let mut profile = Self::Dev;
        let mut rest = Vec::new();
        for argument in arguments {
            match argument.as_str() {
                "--release" => profile = Self::Release,
                "--dist" => profile = Self::Dist,
                _ => rest.push(argument.clone()),
            }
        }
        (profile, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_taken_out_of_the_arguments() {
        let arguments = ["--release", "--listen", "127.0.0.1:0"].map(str::to_owned);
        let (profile, rest) = Profile::from_arguments(&arguments);
        assert_eq!(profile, Profile::Release);
        assert_eq!(rest, ["--listen", "127.0.0.1:0"]);
        assert_eq!(Profile::from_arguments(&rest).0, Profile::Dev);
    }
}
