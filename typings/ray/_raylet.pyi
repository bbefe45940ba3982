METRICS_AGENT_PORT_NAME: str
METRICS_EXPORT_PORT_NAME: str
DASHBOARD_AGENT_LISTEN_PORT_NAME: str
RUNTIME_ENV_AGENT_PORT_NAME: str

def persist_port(folder: str, node_id: str, port_name: str, port: int, /) -> None: ...
