"""Certificates for servers on loopback, signed by themselves."""

from __future__ import annotations

import subprocess
from pathlib import Path

CA = """
[ca]
default_ca = own
[own]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
x509_extensions = host
unique_subject = no
[any]
commonName = supplied
[host]
subjectAltName = IP:127.0.0.1, DNS:llm.corp.example
"""


def make_certificates(folder: Path) -> None:
    """Make ``valid.pem`` and ``expired.pem`` with their keys; needs ``openssl``."""
    for name, text in (("ca.cnf", CA), ("index.txt", ""), ("serial", "01\n")):
        (folder / name).write_text(text)
    for name, year in (("valid", 2049), ("expired", 2021)):
        request = f"req -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.csr -subj /CN=127.0.0.1"
        dates = f"-startdate 20200101000000Z -enddate {year}0101000000Z"
        sign = f"ca -batch -selfsign -config ca.cnf -in {name}.csr -keyfile {name}.key -out {name}.pem -notext {dates}"
        for command in (request, sign):
            subprocess.run(["openssl", *command.split()], cwd=folder, capture_output=True, check=True)
