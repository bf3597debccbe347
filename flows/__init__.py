"""copydesk's Prefect flows and command line: they wrap the library and do the reading and writing."""
