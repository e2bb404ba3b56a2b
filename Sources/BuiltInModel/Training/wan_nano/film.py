"""Clips as MP4 files, through the ffmpeg program."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np

from .world import FPS


def write(path: Path, clip: np.ndarray, fps: int = FPS) -> None:
    """H.264, as Moviola writes it. `clip` is uint8 [frames, height, width, 3]."""
    _, height, width, _ = clip.shape
    command = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(fps),
               "-i", "-", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-vf", "scale=out_color_matrix=bt709", "-crf", "18",
               "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", str(path)]
    subprocess.run(command, input=clip.tobytes(), check=True)


def read(path: Path) -> np.ndarray:
    """uint8 [frames, height, width, 3]."""
    probe = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of", "json", str(path)]
    stream = json.loads(subprocess.run(probe, capture_output=True, check=True).stdout)["streams"][0]
    decode = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    pixels = subprocess.run(decode, capture_output=True, check=True).stdout
    return np.frombuffer(pixels, np.uint8).reshape(-1, stream["height"], stream["width"], 3)
