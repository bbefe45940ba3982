"""Measure a server that speaks the wire contract, over real WebSockets, against the figures that it should reach.

    .venv/bin/python scripts/bench.py capped              launches a server of its own, 720x1280, 30 ms a pass
    .venv/bin/python scripts/bench.py all --json all.json
    .venv/bin/python scripts/bench.py slow --url ws://127.0.0.1:7987 --server-pid 4242

Latency is control to frame: the arrival of a batch minus the time of the latest control that it consumed, on the
client's clock. CPU is that of all the server's processes for one perceptual frame. Variants are played in turn over
several rounds; the tables show medians over them, a ratio of rates is one of neighbours in time. The exit code is 1
when a target is missed.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from scripts.bench_players import PlayerFailedError
from scripts.bench_report import SuiteResult, text_of
from scripts.bench_runs import Bench, Options
from scripts.bench_server import ServerFailedError
from scripts.bench_suites import SUITES


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", choices=[*SUITES, "all"], nargs="+")
    defaults = Options()
    target = parser.add_argument_group("the server: launched from serve_config.yaml unless one is named")
    target.add_argument("--url", help="attach to this server, ws://host:port")
    target.add_argument("--server-pid", type=int, help="its root process, for CPU and memory")
    play = parser.add_argument_group("play")
    play.add_argument("--rounds", type=int, default=defaults.rounds)
    play.add_argument("--duration", type=float, default=defaults.duration_s, metavar="S", help="measured, of a round")
    play.add_argument("--warm-up", type=float, default=defaults.warm_up_s, metavar="S")
    play.add_argument("--control-hz", type=float, default=defaults.control_hz, help="controls a second")
    play.add_argument("--read-mbit", type=float, default=defaults.read_mbit, help="rate of the slow client's line")
    play.add_argument("--sessions", type=int, default=defaults.sessions, help="players at once, at most")
    play.add_argument("--seed", type=Path, default=defaults.seed_path, help="the picture to start from")
    play.add_argument("--model", default=defaults.model)
    play.add_argument("--check-jpegs", action="store_true", help="decode every picture after play")
    play.add_argument(
        "--realtime",
        action="store_true",
        help="server and players before everything else on the machine (Linux, needs the right to): for a busy one",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too; - is standard output")
    return parser.parse_args(arguments)


def options_of(arguments: argparse.Namespace) -> Options:
    """The command line as the suites take it."""
    return Options(
        url=arguments.url,
        server_pid=arguments.server_pid,
        rounds=arguments.rounds,
        duration_s=arguments.duration,
        warm_up_s=arguments.warm_up,
        control_hz=arguments.control_hz,
        read_mbit=arguments.read_mbit,
        sessions=arguments.sessions,
        check_jpegs=arguments.check_jpegs,
        seed_path=arguments.seed.resolve(),
        model=arguments.model,
    )


def take_precedence() -> None:
    """Schedule this process and all that it starts before every ordinary one. Raises PermissionError."""
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


def say(line: str) -> None:
    """Tell how far it is; results go to standard output."""
    print(line, file=sys.stderr, flush=True)


def write_json(results: list[SuiteResult], path: Path) -> None:
    """The results as one JSON document."""
    text = json.dumps([result.to_jsonable() for result in results], indent=1)
    if path == Path("-"):
        print(text)
    else:
        path.write_text(text + "\n", encoding="utf-8")


def main() -> int:
    """Run the suites that were named."""
    arguments = parsed()
    bench = Bench(options_of(arguments), say)
    names = list(SUITES) if "all" in arguments.suite else arguments.suite
    results: list[SuiteResult] = []
    try:
        if arguments.realtime:
            take_precedence()
        for name in names:
            say(f"-- {name}")
            results.append(SUITES[name](bench))
            print(text_of(results[-1]), flush=True)
    except (PlayerFailedError, ServerFailedError, PermissionError) as error:
        say(f"{type(error).__name__}: {error}")
        return 2
    finally:
        if arguments.json is not None:
            write_json(results, arguments.json)
    return int(any(verdict.is_met is False for result in results for verdict in result.verdicts))


if __name__ == "__main__":
    sys.exit(main())
