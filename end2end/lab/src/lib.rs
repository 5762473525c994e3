//! Real API servers and their node agent, for the tests.
