"""From spool to files: encodes the chunks of one recording and, when it is closed, finishes it.

Every step leaves the folder so that the next process can go on from there: a chunk is deleted when its part is
complete, parts when the MP4 has its name. Time in the video is counted in frames, as the world was perceived: where
nothing was generated because no control came, no time passes.
"""

from collections.abc import Callable

from configs.recorder import RecorderConfig
from deployments.recorder.captions import CaptionBox, CaptionDrawer, CaptionTiming
from deployments.recorder.encoder import EncoderSettings, PartEncoder, VideoShape
from deployments.recorder.folder import Chunk, SegmentFolder, SegmentInfo, is_too_short
from deployments.recorder.frames import FrameDecoder, even
from deployments.recorder.joining import join_parts, tags
from deployments.recorder.naming import video_path
from deployments.recorder.publishing import draft_path, publish, publish_log
from deployments.recorder.records import ChunkStart, RecordKind, ShownCaption
from deployments.recorder.report import EncodeReport, Ending
from deployments.recorder.spool import read_chunk
from protocol.frame import EnvelopeError, unpack_envelope


class Encoding:
    """One run over one folder."""

    def __init__(self, folder: SegmentFolder, info: SegmentInfo, config: RecorderConfig, tick: Callable[[], None]):
        """`tick` is called before every frame."""
        self._folder = folder
        self._info = info
        self._config = config
        self._tick = tick
        self._settings = EncoderSettings(config.encoder, config.crf, config.preset)
        width, height = even(info.spec.frame_width), even(info.spec.frame_height)
        self._shape = VideoShape(width, height, info.fps)
        self._captions = CaptionTrack(CaptionDrawer(width, height, config.caption_font), config, info.fps)
        self._report = EncodeReport(ending=Ending.GOES_ON)

    def run(self, *, finish: bool) -> EncodeReport:
        """Encode the complete chunks; with `finish`, the last one too, and then make the files.

        Raises OSError or FFmpegError; what was done until then need not be done again.
        """
        done = {part.index for part in self._folder.parts()}
        for chunk in self._folder.chunks():
            if chunk.index in done:
                chunk.path.unlink()
            elif finish or not chunk.is_open:
                self._encode_chunk(chunk)
        total_frames = sum(part.frames for part in self._folder.parts())
        ending = self._finish(total_frames) if finish else Ending.GOES_ON
        return self._report.model_copy(update={"ending": ending, "total_frames": total_frames})

    def _encode_chunk(self, chunk: Chunk) -> None:
        """Turn a chunk into a part; one without frames is only deleted."""
        draft = chunk.path.with_suffix(".tmp")
        decoder = FrameDecoder(self._info.spec.frame_width, self._info.spec.frame_height)
        with PartEncoder(draft, self._shape, self._settings) as encoder:
            for record in read_chunk(chunk.path):
                match record.kind:
                    case RecordKind.CHUNK:
                        self._captions.go_on(ChunkStart.model_validate_json(record.body).caption)
                    case RecordKind.EDIT:
                        self._captions.go_on(ShownCaption(prompt=record.body.decode(), age_frames=0))
                    case RecordKind.BATCH:
                        self._encode_batch(record.body, decoder, encoder)
            encoder.finish()
        self._note(encoder, decoder.damaged)
        if encoder.frames:
            publish(draft, self._folder.part_path(chunk.index, encoder.frames))
        else:
            draft.unlink(missing_ok=True)
        chunk.path.unlink()

    def _encode_batch(self, envelope: bytes, decoder: FrameDecoder, encoder: PartEncoder) -> None:
        try:
            jpegs = unpack_envelope(envelope).jpegs
        except EnvelopeError:
            self._report = self._report.model_copy(update={"damaged": self._report.damaged + 1})
            return
        for jpeg in jpegs:
            self._tick()
            frame = decoder.decode(jpeg)
            painted = self._captions.next()
            if painted is not None:
                box, strength = painted
                box.paint(frame, strength)
            encoder.encode(frame)

    def _finish(self, total_frames: int) -> Ending:
        if self._info.video and is_too_short(total_frames, self._info.fps, self._config.min_segment_s):
            return Ending.TOO_SHORT
        self._info.target_dir.mkdir(parents=True, exist_ok=True)
        if self._info.video:
            self._join()
        publish_log(self._folder, self._info)
        return Ending.FINISHED

    def _join(self) -> None:
        final = video_path(self._info.target_dir, self._info.recording_id)
        draft = draft_path(final)
        join_parts(self._folder.parts(), draft, self._shape, tags(self._info), self._settings)
        publish(draft, final)

    def _note(self, encoder: PartEncoder, damaged: int) -> None:
        report = self._report
        self._report = report.model_copy(
            update={
                "frames": report.frames + encoder.frames,
                "damaged": report.damaged + damaged,
                "encoder": encoder.encoder,
                "fallback_reason": encoder.fallback_reason or report.fallback_reason,
            }
        )


class CaptionTrack:
    """Which caption the next frame shows."""

    def __init__(self, drawer: CaptionDrawer, config: RecorderConfig, fps: int) -> None:
        self._drawer = drawer
        self._timing = CaptionTiming(config.caption_s, config.caption_fade_s)
        self._fps = fps
        self._shown: ShownCaption | None = None
        self._box: CaptionBox | None = None

    def go_on(self, shown: ShownCaption | None) -> None:
        """From here on, show this caption as if it had been there for its age."""
        self._shown = shown
        self._box = None

    def next(self) -> tuple[CaptionBox, float] | None:
        """The caption of the next frame and its strength."""
        if self._shown is None:
            return None
        strength = self._timing.opacity(self._shown.age_frames / self._fps)
        if strength == 0:
            self._shown = None
            return None
        if self._box is None:
            self._box = self._drawer.draw(self._shown.prompt)
        self._shown = self._shown.model_copy(update={"age_frames": self._shown.age_frames + 1})
        return self._box, strength
