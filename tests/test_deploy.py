"""What the files for a server name is there: commands that answer, paths that exist, headers and settings that are ours."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from denoise_core.errors import RunError
from denoise_core.jobs import ensure_supervisor
from denoise_core.jobs.scheduling import launch

ROOT = Path(__file__).parents[1]
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
CLUSTER = yaml.safe_load((ROOT / "deploy/compose.cluster.yaml").read_text())["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
NGINX = (ROOT / "deploy/nginx.conf").read_text()


def test_every_path_that_is_copied_or_mounted_exists():
    copied = [word for line in re.findall(r"^COPY (.*)$", DOCKERFILE, re.M) for word in shlex.split(line)[:-1]]
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service["volumes"] if volume.startswith("./")]
    assert {"denoise_core", "pages", "app.py", ".streamlit"} <= set(copied)
    for path in (*copied, *mounted, "deploy/compose.cuda.yaml", "deploy/compose.cluster.yaml"):
        assert (ROOT / path).exists(), path


def test_the_image_holds_all_that_the_app_imports_and_the_python_that_it_needs():
    python = re.search(r"^FROM python:(\d+\.\d+)", DOCKERFILE, re.M)[1]
    assert python == "{}.{}".format(*sys.version_info[:2])
    assert f">={python}" in (ROOT / "pyproject.toml").read_text()


def test_the_lock_file_names_every_package_in_the_same_version_with_hashes():
    lock = (ROOT / "deploy/requirements.lock").read_text()
    pinned = dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+) \\\n    --hash=sha256:[0-9a-f]{64}", lock, re.M))
    assert len(pinned) == len(re.findall(r"^[A-Za-z]", lock, re.M))
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        name, _, version = line.partition("==")
        if name.startswith("#") or not version or name == "torch":
            continue
        assert pinned[name.lower().replace("_", "-")] == version, f"make deploy/requirements.lock again: {name}"


def test_web_and_supervisor_share_one_data_folder_and_only_nginx_is_reached():
    folder = re.search(r"^ENV DENOISE_HOME=(\S+)$", DOCKERFILE, re.M)[1]
    for name in ("web", "supervisor"):
        assert SERVICES[name]["volumes"] == [f"data:{folder}"]
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert SERVICES["supervisor"]["command"][-1] == folder


def test_the_commands_are_those_of_the_program():
    command = SERVICES["supervisor"]["command"]
    assert command[:4] == ["python", "-m", "denoise_core", "supervisor"]
    told = subprocess.run([sys.executable, *command[1:4], "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "--stay" in command
    assert "--stay" in told.stdout
    web = SERVICES["web"]["command"]
    assert (web[:2], (ROOT / web[2]).exists()) == (["streamlit", "run"], True)


def test_the_cluster_has_a_head_where_the_supervisor_is_and_a_node_with_the_same_token_folder_and_ray():
    head, node = CLUSTER["supervisor"], CLUSTER["node"]
    assert head["image"] == node["image"]
    assert head["build"] == node["build"]
    assert f'ray=={head["build"]["args"]["RAY"]}"' in (ROOT / "pyproject.toml").read_text()
    assert "ARG RAY" in DOCKERFILE
    assert node["volumes"] == SERVICES["supervisor"]["volumes"]
    for name in ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN"):
        assert head["environment"][name] == node["environment"][name]
    assert head["environment"]["RAY_AUTH_MODE"] == "token"
    assert head["environment"]["RAY_AUTH_TOKEN"].startswith("${RAY_AUTH_TOKEN:?")  # nothing starts without one
    start, _, then = head["command"][-1].partition(" && exec ")
    assert then.split() == SERVICES["supervisor"]["command"]
    assert "--head" in start.split()
    assert f"--num-cpus={head['environment']['DENOISE_RAY_CPUS']}" in node["command"][-1].split()
    assert f"--address=supervisor:{re.search(r'--port=([0-9]+)', start)[1]}" in node["command"][-1].split()


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed: pip install 'denoise[cluster]'")
@pytest.mark.slow
@pytest.mark.parametrize("service", ["supervisor", "node"])
def test_ray_knows_the_words_of_its_command(service):
    words = CLUSTER[service]["command"][-1].partition(" && ")[0].split()
    from ray.scripts.scripts import start

    known = {name for option in start.params for name in (*option.opts, *option.secondary_opts)}
    assert words[:2] == ["ray", "start"]
    assert {word.partition("=")[0] for word in words[2:]} <= known


def test_nginx_sends_a_visitor_to_one_process_asks_for_a_login_and_lets_websockets_through():
    assert "server web:8501;" in NGINX
    for line in ("hash $remote_addr", "auth_request /auth;", "proxy_set_header Upgrade"):
        assert line in NGINX
    most = int(re.search(r"maxUploadSize = (\d+)", (ROOT / ".streamlit/config.toml").read_text())[1])
    assert most < int(re.search(r"client_max_body_size (\d+)m;", NGINX)[1]) <= most * 1.1


def test_where_the_supervisor_is_a_service_the_web_process_starts_none_and_says_if_it_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("DENOISE_SUPERVISOR", SERVICES["web"]["environment"]["DENOISE_SUPERVISOR"])
    monkeypatch.setattr(launch, "_start", None)
    with pytest.raises(RunError, match="service that starts trainings is not running"):
        ensure_supervisor(tmp_path)
    monkeypatch.setattr(launch, "_is_running", lambda _: True)
    ensure_supervisor(tmp_path)
