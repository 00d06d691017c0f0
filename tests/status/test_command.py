from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.running import Run
from tests.status.world import KEY, NOW, assert_valid, freeze_clock, profiles, with_model, write_config, write_store
from text2llm.cli.models.status import StatusOptions, show_status
from text2llm.cli.options import terminal_width
from text2llm.errors import UsageError

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--json", "--plain"], "--json and --plain cannot be combined"),
        (["--probe-timeout", "5"], "the --probe-… options go with --probe"),
        (["--probe-profile", "a"], "the --probe-… options go with --probe"),
        (["--probe", "--probe-timeout", "0"], "--probe-timeout must be a positive number (ms)"),
        (["--probe", "--probe-concurrency", "-1"], "--probe-concurrency must be > 0"),
        (["--probe", "--probe-max-tokens", "nan"], "--probe-max-tokens must be > 0"),
        (["--probe", "--probe-timeout", "soon"], "'soon' is not a number of milliseconds"),
        (["--probe", "--probe-provider", "groq"], "neither the config nor the credential store uses 'groq'"),
        (["what"], "unexpected extra argument (what)"),
    ],
)
def test_wrong_usage(arguments: list[str], says: str, run: Run) -> None:
    write_config({})
    done = run("models", "status", *arguments)
    assert (done.code, done.out if "--json" not in arguments else "") == (64, "")
    assert says in done.err + done.out


def test_no_config_says_how_to_make_one(run: Run) -> None:
    done = run("models", "status")
    assert done.code == 1
    assert "text2llm init" in done.err


def test_unknown_agent_is_told_the_known_ones(run: Run) -> None:
    write_config({"agents": {"entries": {"coder": {}}}})
    done = run("models", "status", "--agent", "nope", "--json")
    assert done.code == 1
    assert json.loads(done.out)["error"] == {
        "code": "unknown-agent",
        "message": "there is no agent 'nope'",
        "hint": "known agents: main, coder; `text2llm models agents add ID` adds one",
        "location": None,
    }


def test_unusable_store_stops_the_command(run: Run) -> None:
    write_config({})
    write_store(profiles()).chmod(0o644)
    done = run("models", "status")
    assert (done.code, done.out) == (1, "")
    assert "hint: run `chmod 600" in done.err


def test_plain_prints_the_default_or_nothing(run: Run) -> None:
    write_config(with_model("opus"))
    assert run("models", "status", "--plain").out == "anthropic/opus\n"
    write_config({})
    done = run("models", "status", "--plain")
    assert (done.code, done.out) == (0, "")
    assert "text2llm models set" in done.err


def test_without_a_command_models_is_status(run: Run) -> None:
    write_config(with_model("anthropic/x"))
    assert run("models").out == run("models", "status").out
    assert run("models", "--status-plain").out == "anthropic/x\n"
    assert_valid(json.loads(run("models", "--status-json").out), "outputs/status")


def test_text(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze_clock(monkeypatch)
    monkeypatch.setenv("GOOGLE_API_KEY", "k")
    monkeypatch.setenv("LAB_KEY", "k")
    store = profiles(
        anthropic_a={"type": "token", "token": "t", "expires": NOW + 3 * HOUR},
        anthropic_b={"type": "token", "token": "t", "expires": NOW - 50 * HOUR},
        anthropic_c={"type": "api_key", "key": ""},
        anthropic_d={"type": "mtls"},
        mistral_a={"type": "oauth", "access": "a", "refresh": "r", "expires": NOW - HOUR},
        zai_a={"type": "token", "token": "t", "expires": NOW + 50 * HOUR},
    )
    store["usageStats"] = {"zai:a": {"cooldownUntil": NOW + HOUR}}
    write_store(store)
    lab = {"api": "openai-completions", "baseUrl": "https://lab.example/v1", "apiKey": "${LAB_KEY}"}
    Path("text2llm.yaml").write_text(
        "version: 1\n"
        "agents:\n"
        "  defaults:\n"
        "    model:\n"
        "      primary: opus\n"
        "      fallbacks: [openai/gpt-5.2, ollama/llama3, lab/x]\n"
        "    imageModel: google/gemini-2.5-flash\n"
        "    models: {anthropic/claude-opus-4-5: {alias: opus}}\n"
        "    modelPolicy: {allow: [anthropic/*]}\n"
        "  entries: {coder: {model: openai/gpt-5.2}}\n"
        f"models: {{providers: {{lab: {json.dumps(lab)}}}}}\n"
    )
    home = os.environ["TEXT2LLM_HOME"]
    assert run("models", "status").out.replace(str(Path.cwd()), "/repo").replace(home, "/home") == (
        "Config            /repo/text2llm.yaml\n"
        "Agent dir         /home/data/agents/main/agent\n"
        "Allowed           anthropic/*\n"
        "\n"
        "Models\n"
        "  Default         anthropic/claude-opus-4-5  (from opus)  expires in 3h\n"
        "                  anthropic:a (token)  text2llm.yaml:5\n"
        "  Fallback 1      openai/gpt-5.2  no usable credential\n"
        "                  text2llm.yaml:6\n"
        "                  hint: set OPENAI_API_KEY, or run `text2llm models auth add`\n"
        "  Fallback 2      ollama/llama3  ok\n"
        "                  needs no credential  text2llm.yaml:6\n"
        "  Fallback 3      lab/x  may not be sent to https://lab.example\n"
        "                  apiKey in the config (LAB_KEY)  text2llm.yaml:6\n"
        "                  hint: if you trust it, run `text2llm trust allow --credential env:LAB_KEY "
        "--origin https://lab.example`,\n"
        "                  or in CI set "
        'TEXT2LLM_TRUSTED_ORIGINS="env:LAB_KEY=https://lab.example" outside the repository\n'
        "  Image model     google/gemini-2.5-flash  set (no expiry)\n"
        "                  variable GOOGLE_API_KEY  text2llm.yaml:7\n"
        "\n"
        "Agents\n"
        "  main            anthropic/claude-opus-4-5\n"
        "  coder           openai/gpt-5.2  (own models: see --agent)\n"
        "\n"
        "Aliases\n"
        "  opus            anthropic/claude-opus-4-5\n"
        "\n"
        "Credentials\n"
        "  anthropic       * anthropic:a  expires in 3h  token\n"
        "                    anthropic:b  expired 2d ago  token\n"
        "                    anthropic:c  not usable  api_key\n"
        "                  not used: it holds no secret\n"
        "                    anthropic:d  not usable  mtls (unknown type)\n"
        "                  not used: its type mtls is not known to this release\n"
        "  google          * GOOGLE_API_KEY  set\n"
        "  lab               LAB_KEY  set\n"
        "  mistral         * mistral:a  set  OAuth\n"
        "  ollama            needs no credential\n"
        "  openai            missing\n"
        "  zai             * zai:a  set (expires in 2d)  token  in cooldown\n"
        "  * taken first\n"
    )


def test_text_of_credentials_that_the_providers_tools_find(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    write_config(with_model("amazon-bedrock/x"))
    out = run("models", "status").out
    assert "the provider's own tools (AWS_PROFILE)  text2llm.yaml" in out
    assert "  amazon-bedrock  * AWS_PROFILE  unverified  used by the provider's own tools\n" in out


def test_one_variable_in_two_places_has_one_star(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    openai = {"apiKey": "${OPENAI_API_KEY}", "models": []}
    write_config({**with_model("openai/x"), "models": {"providers": {"openai": openai}}})
    lines = [line for line in run("models", "status").out.splitlines() if "OPENAI_API_KEY  set" in line]
    assert [line[18] for line in lines] == ["*", " "]


def test_text_of_an_agent_that_uses_the_main_store(run: Run) -> None:
    write_config({"agents": {"entries": {"coder": {}}}})
    path = write_store(profiles(anthropic_a=KEY))
    out = run("models", "status", "--agent", "coder").out
    assert "Agent             coder\n" in out
    assert str(path) in out
    assert "(the main agent's)" in out
    assert "  Default         not set  run `text2llm models set PROVIDER/MODEL`\n" in out


def test_missing_credentials_say_how_to_give_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = {"api": "openai-completions", "baseUrl": "https://lab.example/v1"}
    providers = {"one": {**lab, "apiKey": "${ONE_KEY}"}, "two": lab, "three": {**lab, "apiKey": "sk-literal-value"}}
    write_config({**with_model("one/x", "two/x", "three/x", "github-copilot/x"), "models": {"providers": providers}})
    hints = [line.strip() for line in run("models", "status").out.splitlines() if "hint:" in line]
    assert hints == [
        "hint: set the variable that the config names, ${ONE_KEY},",
        "hint: give models.providers.two an apiKey: ${NAME},",
        "hint: write apiKey: ${NAME}, or run `text2llm models auth add`",
        "hint: set COPILOT_GITHUB_TOKEN,",
    ]
    out = run("models", "status").out
    assert out.count("\n                  or run `text2llm models auth add`\n") == 3


def test_hostile_text_is_defused(run: Run) -> None:
    store = profiles()
    store["profiles"]["\x1b[31m::error::x"] = {"provider": "anthropic", "type": "\u202eevil\n::warning::"}
    write_store(store)
    write_config({})
    out = run("models", "status").out
    assert not any(character in out for character in ("\x1b", "\u202e"))
    assert not [line for line in out.splitlines() if line.lstrip().startswith("::")]
    assert run("models", "status", "--json").out.isascii()


def test_colours_and_wrapping_in_a_narrow_terminal(tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text("version: 1\nagents: {defaults: {model: anthropic/claude-opus-4-5}}\n")
    shown = run_in_terminal(["models", "status"], tmp_path, columns=40)
    assert "\x1b[31mno usable credential\x1b[0m" in shown
    plain = re.sub(r"\x1b\[\d*m", "", shown)
    assert max(len(line) for line in plain.splitlines() if "/" not in line or "claude" in line) <= 40
    assert "\x1b" not in run_in_terminal(["models", "status", "--no-color"], tmp_path, columns=40)


def run_in_terminal(arguments: list[str], directory: Path, columns: int) -> str:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    program = [sys.executable, "-c", "from text2llm.cli.main import run; run()", *arguments]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm"}
    environ.pop("NO_COLOR", None)
    with subprocess.Popen(program, cwd=directory, env=environ, stdout=theirs, stderr=theirs) as process:
        assert process.wait(30) == 0
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    return shown


def test_a_long_label_moves_all_values(run: Run) -> None:
    Path("text2llm.yaml").write_text(
        "version: 1\nagents: {defaults: {model: ollama/a, imageModel: {primary: ollama/b, fallbacks: [ollama/c]}}}\n"
    )
    rows = [line for line in run("models", "status").out.splitlines() if "ollama/" in line]
    assert [line.index("ollama/") for line in rows] == [20, 20, 20]


def test_width_without_a_terminal_is_80() -> None:
    assert terminal_width() == 80


def test_show_status_is_what_the_group_calls(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    write_config(with_model("anthropic/x"))
    assert show_status(StatusOptions(plain=True)) == 0
    assert capsys.readouterr().out == "anthropic/x\n"
    with pytest.raises(UsageError):
        show_status(StatusOptions(plain=True, as_json=True))


_HEAVY = {
    "jsonschema",
    "httpx",
    "jinja2",
    "deepdiff",
    "ruamel",
    "asyncio",
    "tempfile",
    "urllib.request",
    "ssl",
    "shutil",
}


_NOT_LOADED = ("text2llm.probe", "text2llm.net", "text2llm.plan", "text2llm.params", "text2llm.upstream.effective")


def test_status_imports_no_more_than_it_needs(tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text("version: 1\nagents: {defaults: {model: anthropic/x}}\n")
    code = (
        "import sys; from text2llm.cli.main import main; from text2llm.cli.boundary import run_guarded\n"
        "code = run_guarded(main, ['models', 'status', '--json'])\n"
        "print(sorted(sys.modules), file=sys.stderr); sys.exit(code)"
    )
    run = partial_run(code, tmp_path)
    assert run.returncode == 0
    warm = partial_run(code, tmp_path)
    loaded = {name.strip("[]', ") for name in warm.stderr.split(",")}
    assert loaded & _HEAVY == set()
    assert not [name for name in loaded if name.startswith(_NOT_LOADED)]


def partial_run(code: str, directory: Path) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=directory, env=environ, capture_output=True, text=True, check=False
    )


def test_probes_whose_results_nobody_would_see_are_not_sent(run: Run) -> None:
    done = run("models", "status", "--probe", "--plain")
    assert (done.code, "--probe and --plain cannot be combined" in done.err) == (64, True)


@pytest.mark.parametrize(
    ("grants", "code", "refused"),
    [
        ("", 4, "may not be sent to https://evil.example"),
        ("env:ANTHROPIC_API_KEY=https://evil.example", 0, None),
        ("env:ANTHROPIC_API_KEY=https://other.example", 4, "may not be sent to https://evil.example"),
    ],
)
def test_a_credential_that_may_not_go_there_is_not_healthy(
    grants: str, code: int, refused: str | None, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", grants)
    elsewhere = {"providers": {"anthropic": {"baseUrl": "https://evil.example/v1"}}}
    write_config({**with_model("anthropic/claude-opus-4-5"), "models": elsewhere})
    done = run("models", "status", "--check", "--json")
    assert (done.code, json.loads(done.out)["routes"][0].get("refused")) == (code, refused)


@pytest.mark.parametrize(
    ("folder", "place"), [("", "text2llm.yaml:"), ("a/b", "../../text2llm.yaml:"), ("../beside", "text2llm.yaml:")]
)
def test_a_place_can_be_opened_from_where_one_stands(
    folder: str, place: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    monkeypatch.chdir(repository)
    write_config(with_model("ollama/llama3"))
    (repository / folder).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(repository / folder)
    told = run("models", "status", "--config", str(repository / "text2llm.yaml")).out
    assert f"needs no credential  {place}" in told
    monkeypatch.chdir(tmp_path)
    assert "  repository/text2llm.yaml:" in run("models", "status", "--config", "repository/text2llm.yaml").out


def test_a_check_of_the_defaults_names_the_agents_that_it_leaves_out(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    agents = {**with_model("anthropic/claude-opus-4-5")["agents"], "entries": {"triage": {"model": "groq/llama"}}}
    write_config({"agents": agents})
    done = run("models", "status", "--check")
    assert done.code == 0
    assert done.err.startswith("note: agents with their own models are not checked: triage; use --agent")
    assert run("models", "status").err == ""
    assert run("models", "status", "--check", "--agent", "triage").code == 1


def test_people_are_told_what_is_known_of_the_models(run: Run) -> None:
    lab = {"api": "openai-completions", "baseUrl": "http://127.0.0.1:9/v1", "models": [{"id": "large"}]}
    write_config({**with_model("lab/lrage", "lab/large"), "models": {"providers": {"lab": lab}}})
    told = run("models", "status").out
    assert "Default         lab/lrage  unknown model  ok\n" in told
    assert "Fallback 1      lab/large  ok\n" in told
    assert "unknown model" not in run("models", "status", "--json").out


def list_agents(count: int, models: int) -> str:
    entries = "".join(f"    a{number}: {{model: lab/m{number % models}}}\n" for number in range(count))
    return f"version: 1\nagents:\n  defaults: {{model: {{primary: lab/x, fallbacks: [lab/y]}}}}\n  entries:\n{entries}"


def find_section(out: str, title: str) -> list[str]:
    return out.partition(f"\n{title}\n")[2].partition("\n\n")[0].splitlines()


def test_each_agent_is_named_with_its_main_model(run: Run) -> None:
    own = "    b: {}\n    c: {model: {fallbacks: []}}\n"
    Path("text2llm.yaml").write_text(list_agents(1, 1) + own)
    assert find_section(run("models", "status").out, "Agents") == [
        "  main            lab/x",
        "  a0              lab/m0  (own models: see --agent)",
        "  b               lab/x",
        "  c               lab/x  (own models: see --agent)",
    ]
    assert find_section(run("models", "status", "--agent", "b").out, "Agents") == []


def test_of_many_agents_each_model_has_a_row(run: Run) -> None:
    Path("text2llm.yaml").write_text(list_agents(1200, 11))
    rows = find_section(run("models", "status").out, "Agents")
    assert rows[:4] == [
        "  1 agent         lab/x",
        "                  main",
        "  110 agents      lab/m0",
        "                  a0  a11  a22  a33  a44  and 105 more",
    ]
    assert rows[-1] == "  and 2 more      see --json"
    assert len(rows) == 21


def test_without_a_default_model_an_agent_says_so(run: Run) -> None:
    Path("text2llm.yaml").write_text("version: 1\nagents: {entries: {a: {}, b: {model: lab/x}}}\n")
    assert find_section(run("models", "status").out, "Agents")[:2] == [
        "  main            not set",
        "  a               not set",
    ]
    many = "".join(f"    a{number}: {{}}\n" for number in range(12))
    Path("text2llm.yaml").write_text(f"version: 1\nagents:\n  entries:\n{many}")
    assert find_section(run("models", "status").out, "Agents")[0] == "  13 agents       not set"
