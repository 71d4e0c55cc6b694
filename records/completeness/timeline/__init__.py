"""The picture of documents against their due times: the stay hour by hour, the weeks after it day by day.

`scale` says where a moment lies, `rows` what is told in which words, `drawing` where each bar, shape and label goes.
The page draws it as SVG without script or style (templates/records/timeline.html); docs/adr/0014 says why so.
"""
