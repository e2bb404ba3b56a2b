import CFFmpeg
import Foundation
public import Rendering

/// Makes an MP4 of frames, one after the other, and puts it in its place once it has been checked.
///
///     let writer = try ClipWriter(recipe, to: .file("clip.mp4", replacing: false))
///     for warning in writer.warnings { print(warning) }
///     for frame in frames { try writer.append(frame) }
///     let clip = try writer.finish(recipe)
///     print(clip.path, clip.check.meanLuma)
///     // Dropped before `finish`, it removes what it wrote.
///
/// Everything that can be known to fail does so in `init`: encoder, folder, room for the frames.
/// Not Sendable: one task owns it.
public final class ClipWriter {
  /// What a person should know already, for example that the encoder is not H.264.
  public var warnings: [String] { [encoder.candidate.warning].compactMap { $0 } }

  private let recipe: Recipe
  private let destination: ClipDestination
  /// As it was asked for.
  private let asked: ClipDestination
  private let encoder: VideoEncoder
  private let converter: ColourConverter
  private let source: PictureBuffer
  private let picture: PictureBuffer
  private let part: String
  private let spool: FrameSpool
  private let movie: MovieFile
  /// The first failure of encoder or muxer. Later frames only go into the spool.
  private var failure: (any Error)?

  /// - Throws: ``RenderError``: `badRecipe`, `encoding` if no encoder opens at this size and rate, `noSpace`,
  ///   `inputOutput`.
  public convenience init(_ recipe: Recipe, to destination: ClipDestination) throws {
    try self.init(recipe, to: destination, candidates: EncoderCandidate.known)
  }

  /// The disk space that a clip needs at most while it is written: its frames as they are, and the clip, which is far
  /// smaller even when they are noise.
  public static func diskBytes(_ recipe: Recipe) -> Int { recipe.rgbBytes + recipe.rgbBytes / 4 + 1_000_000 }

  init(_ recipe: Recipe, to destination: ClipDestination, candidates: [EncoderCandidate]) throws {
    self.recipe = recipe
    asked = destination
    let destination = destination.resolved
    self.destination = destination
    try recipe.check(on: .encodable)
    try destination.check(needing: Self.diskBytes(recipe))
    let isPipe = if case .pipe = destination { true } else { false }
    let format = ClipFormat(width: recipe.width, height: recipe.height, framesPerSecond: recipe.framesPerSecond)
    encoder = try VideoEncoder.best(for: format, streams: isPipe, among: candidates)
    do {
      converter = try ColourConverter(width: recipe.width, height: recipe.height)
      source = try PictureBuffer(format: AV_PIX_FMT_RGB24, width: recipe.width, height: recipe.height)
      picture = try PictureBuffer(format: AV_PIX_FMT_YUV420P, width: recipe.width, height: recipe.height)
      (part, spool, movie) = try Self.open(recipe, destination, encoder)
    } catch let error as LibavError {
      throw error.renderError(.inputOutput)
    }
  }

  deinit { PartialFiles.remove(part) }

  private static func open(
    _ recipe: Recipe, _ destination: ClipDestination, _ encoder: VideoEncoder
  ) throws -> (part: String, FrameSpool, MovieFile) {
    let stem = PartialFiles.stem(beside: destination.anchor)
    let part = stem + ".mp4"
    var opened = false
    PartialFiles.add(part)
    defer {
      if !opened { PartialFiles.remove(part) }
    }
    let spool = try FrameSpool(
      path: stem + ".rgb", width: recipe.width, height: recipe.height, frames: recipe.frameCount)
    let pipe: Int32? = if case .pipe(let descriptor, _) = destination { descriptor } else { nil }
    let movie = try MovieFile(at: part, copyingTo: pipe)
    try movie.addStream(of: encoder)
    movie.setTags(try ClipMetadata.tags(for: recipe))
    opened = true
    return (part, spool, movie)
  }
}

extension ClipWriter {
  /// Takes the next frame, which must have the recipe's size.
  ///
  /// A failing encoder does not end the render: the frame is safe in the spool, and ``finish(_:)`` tells.
  /// - Throws: ``RenderError`` when the frame cannot be kept, or when nobody reads the pipe any more.
  public func append(_ frame: Frame) throws {
    guard frame.width == recipe.width, frame.height == recipe.height else {
      throw RenderError(
        .encoding,
        "the engine gave a frame of \(frame.width)×\(frame.height) for a clip of "
          + "\(recipe.width)×\(recipe.height)")
    }
    try spool.append(frame)
    guard failure == nil else { return }
    do {
      try encode(frame)
    } catch let error as LibavError where error.isEndOfPipe {
      throw error.renderError()
    } catch {
      failure = error
    }
  }

  private func encode(_ frame: Frame) throws {
    try source.fill(from: frame)
    try converter.convert(source, into: picture)
    picture.pointer.pointee.pts = Int64(spool.count - 1)
    picture.pointer.pointee.colorspace = AVCOL_SPC_BT709
    picture.pointer.pointee.color_range = AVCOL_RANGE_MPEG
    try encoder.encode(picture) { try movie.write($0, timeBase: encoder.timeBase) }
  }

  /// Completes the clip, checks it, and puts it in its place, unless the task is cancelled meanwhile.
  /// - Parameter recipe: the recipe as it is known now, which the clip will hold (a pipe has got the earlier one).
  /// - Throws: ``RenderError`` whose remedy says where the frames are kept.
  public func finish(_ recipe: Recipe) throws -> FinishedClip {
    do {
      return try complete(recipe)
    } catch let error as LibavError where error.isEndOfPipe {
      throw error.renderError()
    } catch is CancellationError {
      throw RenderError(.cancelled, "the render was cancelled")
    } catch {
      throw keepFrames(because: error, recipe)
    }
  }

  private func complete(_ recipe: Recipe) throws -> FinishedClip {
    if let failure { throw failure }
    let isPipe = if case .pipe = destination { true } else { false }
    if !isPipe { movie.setTags(try ClipMetadata.tags(for: recipe)) }
    try encoder.encode(nil) {
      try Task.checkCancellation()
      try movie.write($0, timeBase: encoder.timeBase)
    }
    try movie.finish()
    let check = try ClipVerifier.check(part, against: isPipe ? self.recipe : recipe)
    guard case .file(let path, let replacing) = destination else { return FinishedClip(path: nil, check: check) }
    try synchronise(part)
    let placed = try ClipDestination.place(part, at: path, replacing: replacing)
    return FinishedClip(path: placed == path ? asked.anchor : placed, check: check)
  }

  private func keepFrames(because error: any Error, _ recipe: Recipe) -> RenderError {
    let cause: RenderError =
      switch error {
      case let error as LibavError: error.renderError()
      case let error as RenderError: error
      default: RenderError(.encoding, "\(error)")
      }
    guard spool.count > 0 else { return cause }
    let kept = KeptFrames.save(spool, recipe: recipe, beside: destination.anchor)
    return RenderError(cause.code, cause.what, remedy: kept)
  }
}

/// A clip that has been written, checked and named.
public struct FinishedClip: Hashable, Sendable {
  /// nil for a clip that went into a pipe.
  public let path: String?
  public let check: ClipCheck
}
