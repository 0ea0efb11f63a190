"""The speech detector of the gate: data, labels, training and comparison.

`labels` and `label_sheets` say where speech is; `sides` who and what is trained on; `music`
and `mixtures` make streams; `configuration` is one file a detector. No PyTorch but in
`trainer` and `export`.
"""
