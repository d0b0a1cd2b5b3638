"""Little's law: users = throughput x (latency + think time).

Source: Little, "A Proof for the Queuing Formula L = lambda W", Operations Research 9 (1961); with
think time, the interactive response time law: Denning and Buzen, "The Operational Analysis of
Queueing Network Models", ACM Computing Surveys 10 (1978).
"""


def in_flight(throughput_rps: float, latency_mean_ms: float) -> float:
    """Requests that wait for an answer, on average."""
    return throughput_rps * latency_mean_ms / 1e3


def think_time_ms(users: int, throughput_rps: float, latency_mean_ms: float) -> float:
    """How long a user of a closed loop paused between an answer and the next request."""
    return 1e3 * users / throughput_rps - latency_mean_ms


def cores_for_hashing(throughput_rps: float, share: float, hash_cpu_s: float) -> float:
    """Cores that hashing alone keeps busy, where `share` of the requests hash a password."""
    return throughput_rps * share * hash_cpu_s
