"""The table of jobs (protocol × experiment × seed × fold), what a job does and what it leaves."""

from .job import Job
from .runner import finalize, is_trained, train
from .table import load_jobs

__all__ = ["Job", "finalize", "is_trained", "load_jobs", "train"]
