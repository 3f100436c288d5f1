"""Other gateways, each installed by the benchmark into an environment of its own: never into ours."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from gateway.built import Missing
from gateway.contender import Contender

INSTALLED_WITHIN_S = 600


class LiteLLM(Contender):
    """LiteLLM's proxy with a master key, as `pip install litellm[proxy]` gives it."""

    name = "LiteLLM proxy"
    unlike = "a master key, no database: no budgets, no redaction, no trace; it translates payloads and chunks"

    def __init__(self, ports: Mapping[str, int], folder: Path) -> None:
        self._at = folder / "litellm"
        python = self._at / "bin" / "python"
        if not (self._at / "installed").exists():
            _run([sys.executable, "-m", "venv", str(self._at)], self.name)
            _run([str(python), "-m", "pip", "install", "--quiet", "litellm[proxy]"], self.name)
            (self._at / "installed").touch()
        said = "import importlib.metadata as m; print(m.version('litellm'))"
        self.version = _run([str(python), "-c", said], self.name).strip()
        models = [{"model_name": name, "litellm_params": _litellm(port)} for name, port in ports.items()]
        whole = {"model_list": models, "general_settings": {"master_key": "sk-bench"}, **self.settings()}
        self._config = self._at / f"{type(self).__name__}.json"  # JSON is YAML as well
        self._config.write_text(json.dumps(whole))

    def settings(self) -> Mapping[str, object]:
        """What its configuration has besides models and the key."""
        return {}

    def command(self, port: int) -> list[str]:
        at = ["--config", str(self._config), "--host", "127.0.0.1", "--port", str(port)]
        return [str(self._at / "bin" / "litellm"), *at, "--num_workers", "1"]

    def environment(self) -> Mapping[str, str]:
        # The prices that it ships with: else it asks the network for newer ones as it starts.
        return {"LITELLM_LOG": "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}

    def headers(self, model: str) -> Mapping[str, str]:  # noqa: ARG002 - the body names it
        return {"Authorization": "Bearer sk-bench"}


def _litellm(port: int) -> dict[str, str]:
    return {"model": "openai/small", "api_base": f"http://127.0.0.1:{port}/v1", "api_key": "none"}


class LiteLLMMasking(LiteLLM):
    """The same with its own content filter, which takes personal data out of what is sent."""

    name = "LiteLLM, masking"
    unlike = "a master key and patterns of what is sent; no database: no budgets, no trace"
    in_all_scenes = False
    PATTERNS = ("email", "us_ssn", "us_phone", "iban", "credit_card", "ipv4")

    def settings(self) -> Mapping[str, object]:
        patterns = [{"pattern_type": "prebuilt", "pattern_name": name, "action": "MASK"} for name in self.PATTERNS]
        how = {"guardrail": "litellm_content_filter", "mode": "pre_call", "default_on": True, "patterns": patterns}
        return {"guardrails": [{"guardrail_name": "mask", "litellm_params": how}]}


class Portkey(Contender):
    """Portkey's gateway from npm, with the web framework's server that its streams work with."""

    name = "Portkey gateway"
    unlike = "no keys, no budgets, no redaction, no trace; the client names the upstream in a header"
    # A fresh install takes a newer one, with which every streamed answer is a 500 ("TypeError: immutable").
    SERVER = "1.14.1"

    def __init__(self, ports: Mapping[str, int], folder: Path) -> None:
        for needed in ("node", "npm"):
            if shutil.which(needed) is None:
                raise Missing(f"{needed} is not here (on Debian: apt-get install nodejs npm)")
        self._ports, at = ports, folder / f"portkey-{self.SERVER}"
        self._package = at / "node_modules" / "@portkey-ai" / "gateway"
        if not self._package.exists():
            at.mkdir()
            wanted = {"name": "peer", "private": True, "overrides": {"@hono/node-server": self.SERVER}}
            (at / "package.json").write_text(json.dumps(wanted))
            command = [
                "npm",
                "install",
                "--silent",
                "--no-fund",
                "--no-audit",
                "--prefix",
                str(at),
                "@portkey-ai/gateway",
            ]
            _run(command, self.name)
        said = json.loads((self._package / "package.json").read_text())["version"]
        self.version = f"{said}, @hono/node-server {self.SERVER}, node {_run(['node', '--version'], self.name).strip()}"

    def command(self, port: int) -> list[str]:
        return ["node", str(self._package / "build" / "start-server.js"), f"--port={port}", "--headless"]

    def headers(self, model: str) -> Mapping[str, str]:
        custom = f"http://127.0.0.1:{self._ports[model]}/v1"
        return {"x-portkey-provider": "openai", "x-portkey-custom-host": custom, "Authorization": "Bearer none"}


class PortkeyMasking(Portkey):
    """The same with its own guardrail: a pattern for e-mail addresses and one for long numbers."""

    name = "Portkey, masking"
    unlike = "two patterns of what is sent, of which it takes out the first match only; no keys, budgets, trace"
    in_all_scenes = False
    PATTERNS = (r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}", r"\+?[0-9][0-9 -]{7,30}[0-9]")

    def headers(self, model: str) -> Mapping[str, str]:
        custom = f"http://127.0.0.1:{self._ports[model]}/v1"
        checks = [
            {"default.regexReplace": {"rule": one, "redactText": "[out]"}, "deny": False} for one in self.PATTERNS
        ]
        config = {"provider": "openai", "custom_host": custom, "api_key": "none", "input_guardrails": checks}
        return {"x-portkey-config": json.dumps(config)}


def _run(command: list[str], name: str) -> str:
    """What a command says. Raises Missing where it fails: then the run goes on without that contender."""
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALLED_WITHIN_S)
    except subprocess.CalledProcessError as exc:
        said = (exc.stderr or exc.stdout).strip().splitlines() or ["it said nothing"]
        raise Missing(f"{name} could not be had: {said[-1]}") from exc
    except subprocess.TimeoutExpired as exc:
        raise Missing(f"{name} could not be had: its installation took more than {INSTALLED_WITHIN_S} s") from exc
    return done.stdout
