"""Make a secret source of a command that prints one secret: secret-source.py COMMAND [ARGUMENT ...].

Every {id} in the command stands for the entry's name. Standard input has the request of text2llm, standard output gets
the response: version 1 of the protocol, JSON. What the command says on standard error stays on standard error.
"""

import json
import subprocess
import sys


def read_secret(name: str) -> str:
    if name.startswith("-"):
        raise ValueError("an entry's name does not begin with '-'")
    command = [part.replace("{id}", name) for part in sys.argv[1:]]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=60).stdout.strip()


def main() -> None:
    request = json.load(sys.stdin)
    values, errors = {}, {}
    for name in request["ids"]:
        try:
            values[name] = read_secret(name)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            errors[name] = {"message": type(error).__name__}
    print(json.dumps({"protocolVersion": 1, "values": values, "errors": errors}))


main()
