"""Keeps the workspace's name in the browser, so that a reload finds the same runs."""

from __future__ import annotations

import streamlit as st

_JS = """
// Written again at each visit, so that it lasts a year from the last one.
export default function ({ data }) {
  const kept = "denoise_workspace=" + new TextDecoder().decode(data)
  document.cookie = kept + "; SameSite=Strict; Path=/; Max-Age=31536000"
}
"""
_COOKIE = st.components.v2.component("denoise_workspace", js=_JS, isolate_styles=False)


def keep(workspace: str) -> None:
    """Have the browser remember `workspace`."""
    _COOKIE(key="workspace_cookie", data=workspace.encode())
