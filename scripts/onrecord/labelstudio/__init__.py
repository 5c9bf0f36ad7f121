"""Annotation in Label Studio: articles with suggestions out, finished work back as layers.

config, controls and style make the page; results turns an annotation into what the page shows;
regions, joins, sheets, marks, mentions, stances and layers read it back; tasks and task_files are
articles as tasks. None of these needs a server. server runs one on this machine; client, projects,
pushing, pulling and status talk to one; adjudication makes gold of several layers.
"""
