"""How the page looks: colours of the labels, style sheets of labeling config and guidelines."""

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

# A blank line has no words, so its height is that of the container: paragraphs stand apart by it.
STYLE: Final = """
.onrecord { display: flex; gap: 20px; align-items: flex-start; }
.or-left { flex: 1 1 0; min-width: 0; }
.or-labels { position: sticky; top: 0; z-index: 20; padding: 8px 0 4px;
  background: var(--color-neutral-background, #fff); border-bottom: 1px solid #ddd; }
.or-labels .lsf-labels { margin: 0; gap: 4px; }
.or-article h4 { font-size: 13px; font-weight: 400; opacity: 0.7; margin: 10px 0 0 !important; }
.or-article .lsf-richtext__container { font-size: 17px; line-height: 0.9; max-width: 70ch;
  padding: 22px 8px 50vh; white-space: pre-wrap; border: 0; }
.or-article .lsf-richtext__line:not(:empty) { line-height: 1.95; }
.or-article .lsf-richtext__container .lsf-richtext__line:first-child { font-size: 25px;
  font-weight: 700; line-height: 1.5; }
.or-panel { flex: 0 0 330px; position: sticky; top: 0; max-height: calc(100vh - 160px);
  overflow-y: auto; padding: 8px 4px 8px 16px; border-left: 1px solid #ddd; font-size: 13px;
  background: var(--color-neutral-background, #fff); z-index: 20; }
.or-panel h4 { font-size: 13px; font-weight: 600; line-height: 1.35; margin: 0 0 2px !important; }
.or-help h4 { font-weight: 400; margin-bottom: 8px !important; }
.or-help .or-title h4 { font-weight: 600; margin-top: 12px !important; }
.or-field { margin-bottom: 8px; }
.or-row { display: grid; grid-template-columns: 54px 1fr; align-items: baseline;
  margin-bottom: 2px; }
.or-row h4 { font-weight: 400; opacity: 0.7; }
.or-doubt { display: flex; align-items: center; gap: 10px; }
.or-note { flex: 1; }
.or-stance { border-left: 3px solid #db2777; padding-left: 8px; }
.or-stance:has(h4:empty) { display: none; }
.or-panel .lsf-choices { margin: 0; display: flex; flex-wrap: wrap; column-gap: 10px; }
.or-panel .lsf-choice, .or-panel .lsf-choice__item, .or-panel .lsf-choice__checkbox {
  margin: 0; line-height: 24px !important; }
.or-panel .ant-checkbox-inner { border-radius: 50%; }
.or-doubtful .ant-checkbox-inner, .or-towards .ant-checkbox-inner { border-radius: 3px; }
.or-panel sup { opacity: 0.6; font-weight: 400; }
.or-panel .lsf-text-area { margin: 2px 0 0 !important; }
.or-panel .ant-form-item { margin: 0; }
.or-panel .ant-input { height: 28px; padding: 2px 8px; font-size: 13px; }
.or-differences h4 { white-space: pre-line; background: #fef9c3; color: #333; padding: 8px;
  max-height: 25vh; overflow-y: auto; line-height: 1.5; opacity: 1; }
.relations-overlay { opacity: 0.45; z-index: 10 !important; }
"""

GUIDELINES_STYLE: Final = """
.or-guidelines p, .or-guidelines ul, .or-guidelines ol, .or-guidelines pre { margin: 0 0 10px; }
.or-guidelines h2, .or-guidelines h3 { margin: 24px 0 8px; }
.or-guidelines ul { list-style: disc; padding-left: 24px; }
.or-guidelines ol { list-style: decimal; padding-left: 24px; }
.or-guidelines pre { white-space: pre-wrap; }
.or-guidelines th, .or-guidelines td { border: 1px solid #ccc; padding: 4px 8px; text-align: left;
  vertical-align: top; }
"""
