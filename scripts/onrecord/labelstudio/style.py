"""How the page looks: colours of the labels, and the style sheet of the labeling config."""

from collections.abc import Mapping
from typing import Final

COLOURS: Final[Mapping[str, str]] = {
    "content": "#2f6fde",
    "cue": "#d97706",
    "source": "#15803d",
    "addressee": "#0891b2",
    "via": "#0f766e",
    "cue_head": "#b45309",
    "source_head": "#166534",
    "frame": "#a8a29e",
    "fragment": "#2f6fde",
    "mention": "#8b5cf6",
    "mark": "#dc2626",
    "evidence": "#db2777",
    "condition": "#9d174d",
    "disputed": "#facc15",
}

STYLE: Final = """
.onrecord { display: flex; gap: 20px; align-items: flex-start; }
.or-left { flex: 1 1 0; min-width: 0; }
.or-labels { position: sticky; top: 0; z-index: 20; padding: 8px 0 4px;
  background: var(--color-neutral-background, #fff); border-bottom: 1px solid #ddd; }
.or-labels .lsf-labels { margin: 0; gap: 4px; }
.or-article h4 { font-size: 13px; font-weight: 400; color: #777; margin: 10px 0 0 !important; }
.or-article .lsf-richtext__container { font-family: Charter, Georgia, serif !important;
  font-size: 17px; line-height: 1.95; max-width: 70ch; padding: 4px 8px 50vh;
  white-space: pre-wrap; border: 0; }
.or-article .lsf-richtext__container .lsf-richtext__line:first-child { font-size: 25px;
  font-weight: 700; line-height: 1.5; }
.or-panel { flex: 0 0 320px; position: sticky; top: 0; max-height: calc(100vh - 160px);
  overflow-y: auto; padding: 8px 4px 8px 16px; border-left: 1px solid #ddd; font-size: 13px; }
.or-panel h4, .or-panel h5, .or-panel h6 { font-size: 13px; font-weight: 600; line-height: 1.35;
  margin: 0 0 2px !important; }
.or-help h4 { font-weight: 400; margin-bottom: 8px !important; }
.or-help .or-title h4 { font-weight: 600; margin-top: 12px !important; }
.or-field { margin-bottom: 10px; }
.or-stance { border-left: 3px solid #db2777; padding-left: 8px; }
.or-differences h4 { white-space: pre-line; background: #fef9c3; color: #333; padding: 8px;
  max-height: 25vh; overflow-y: auto; line-height: 1.5; }
.or-panel .lsf-choices { margin: 0; }
"""
