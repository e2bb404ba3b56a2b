import CFFmpeg
import Foundation
import Rendering
import Testing

@testable import Media

@Suite struct FailureTests {
  let frames = (0..<17).map { syntheticFrame($0) }

  private func error(_ body: () throws -> Void) -> RenderError? {
    do {
      try body()
      return nil
    } catch {
      return error as? RenderError
    }
  }

  @Test func anotherEncoderIsSaidAloud() throws {
    try withFolder { (folder: String) throws in
      let candidates = [EncoderCandidate(name: "no_such_encoder")] + EncoderCandidate.known.filter { !$0.isH264 }
      let writer = try ClipWriter(
        syntheticRecipe(), to: .file(folder + "/a.mp4", replacing: false), candidates: candidates)
      #expect(writer.warnings.first?.contains("MPEG-4") == true)
      for frame in frames { try writer.append(frame) }
      #expect(try writer.finish(syntheticRecipe()).check.frames == 17)
    }
  }

  @Test func noEncoderIsAnErrorBeforeAnyWork() throws {
    try withFolder { (folder: String) throws in
      let failure = error {
        _ = try ClipWriter(
          syntheticRecipe(), to: .file(folder + "/a.mp4", replacing: false),
          candidates: [EncoderCandidate(name: "no_such_encoder")])
      }
      #expect(failure?.code == .encoding)
      #expect(failure?.sentence.contains("no_such_encoder") == true)
      #expect(try contents(folder).isEmpty)
    }
  }

  @Test func anEncoderThatRefusesTheSizeSaysWhy() {
    let failure = error {
      _ = try VideoEncoder.best(
        for: ClipFormat(width: 100_000, height: 100_000, framesPerSecond: 16), streams: false)
    }
    #expect(failure?.code == .encoding)
    #expect(failure?.sentence.contains("100000×100000") == true)
  }

  /// A device that is always full stands for a disk that is.
  @Test func framesThatCannotBeEncodedAreKept() throws {
    try withFolder { (folder: String) throws in
      let full = open("/dev/full", O_WRONLY)
      defer { close(full) }
      let anchor = folder + "/clip.mp4"
      let failure = error {
        try writeClip(frames, syntheticRecipe(), to: .pipe(descriptor: full, keepingBeside: anchor))
      }
      #expect(failure?.code == .noSpace)
      #expect(failure?.sentence.contains(folder + "/clip.frames") == true)
      #expect(try contents(folder) == ["clip.frames"])
      let kept = try contents(folder + "/clip.frames")
      #expect(kept.count == 18)
      #expect(kept.first == "frame-00001.png")
      let recipe = try String(contentsOfFile: folder + "/clip.frames/recipe.json", encoding: .utf8)
      #expect(try Recipe(json: recipe) == syntheticRecipe())
      let png = try Data(contentsOf: URL(filePath: folder + "/clip.frames/frame-00017.png"))
      #expect(png.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
      #expect(PartialFiles.current.allSatisfy { !$0.hasPrefix(folder) })
    }
  }

  @Test func namesOfAllBytesAreKeptAsWell() throws {
    try withFolder { (folder: String) throws in
      let full = open("/dev/full", O_WRONLY)
      defer { close(full) }
      let anchor = folder + "/" + String(repeating: "红", count: 83) + ".mp4"
      let failure = error {
        try writeClip(frames, syntheticRecipe(), to: .pipe(descriptor: full, keepingBeside: anchor))
      }
      #expect(failure?.sentence.contains("PNGs") == true)
      #expect(try contents(folder).map { try contents(folder + "/" + $0).count } == [18])
      #expect(ClipDestination.free(anchor) == anchor)
      try Data().write(to: URL(filePath: anchor))
      try Data().write(to: URL(filePath: ClipDestination.free(anchor)))
      #expect(try contents(folder).count == 3)
    }
  }

  @Test func littleRoomIsToldInSmallUnits() {
    #expect(ClipDestination.size(200_999) == "200 kB" && ClipDestination.size(1_900_000) == "1 MB")
  }

  @Test func aNameThatIsTooLongIsAnErrorBeforeAnyWork() throws {
    try withFolder { (folder: String) throws in
      let path = folder + "/" + String(repeating: "a", count: 300) + ".mp4"
      let failure = error { _ = try ClipWriter(syntheticRecipe(), to: .file(path, replacing: true)) }
      #expect(failure?.code == .inputOutput && failure?.sentence.contains("bytes, more than") == true)
      #expect(try contents(folder).isEmpty)
    }
  }

  @Test func framesAreKeptRawWhenEvenPNGsFail() throws {
    try withFolder { (folder: String) throws in
      let spool = try FrameSpool(path: folder + "/s.rgb", width: 160, height: 96, frames: 17)
      try spool.append(frames[0])
      try spool.append(frames[1])
      #expect(try spool.frame(1) == frames[1])
      let said = KeptFrames.save(
        spool, recipe: syntheticRecipe(), beside: folder + "/clip.mp4", encoder: "no_such_encoder")
      #expect(said.contains("raw RGB24"))
      #expect(try contents(folder + "/clip.frames") == ["frames-160x96-16fps.rgb", "recipe.json"])
    }
  }

  @Test func aReaderThatGoesAwayEndsTheClip() throws {
    try withFolder { (folder: String) throws in
      signal(SIGPIPE, SIG_IGN)
      var ends: [Int32] = [0, 0]
      try #require(pipe(&ends) == 0)
      close(ends[0])
      defer { close(ends[1]) }
      let failure = error {
        try writeClip(
          frames, syntheticRecipe(), to: .pipe(descriptor: ends[1], keepingBeside: folder + "/clip.mp4"))
      }
      #expect(failure?.code == .inputOutput)
      #expect(failure?.sentence.contains("pipe") == true)
      #expect(try contents(folder).isEmpty)
    }
  }

  @Test func aPipeGetsAFragmentedClip() throws {
    try withFolder { (folder: String) throws in
      let path = folder + "/piped.mp4"
      let descriptor = open(path, O_WRONLY | O_CREAT, 0o644)
      let clip = try writeClip(
        frames, syntheticRecipe(), to: .pipe(descriptor: descriptor, keepingBeside: folder + "/clip.mp4"))
      close(descriptor)
      #expect(clip.path == nil)
      #expect(try contents(folder) == ["piped.mp4"])
      #expect(try ClipVerifier.check(path, against: syntheticRecipe()).frames == 17)
      #expect(try Data(contentsOf: URL(filePath: path)).range(of: Data("moof".utf8)) != nil)
    }
  }

  @Test func tooFewFramesAreNotAClip() throws {
    try withFolder { (folder: String) throws in
      let failure = error {
        try writeClip(Array(frames.prefix(9)), syntheticRecipe(), to: .file(folder + "/clip.mp4", replacing: false))
      }
      #expect(failure?.code == .encoding)
      #expect(failure?.what.contains("9 frames instead of 17") == true)
      #expect(try contents(folder) == ["clip.frames"])
    }
  }

  @Test func aDroppedWriterLeavesNothing() throws {
    try withFolder { (folder: String) throws in
      do {
        let writer = try ClipWriter(syntheticRecipe(), to: .file(folder + "/clip.mp4", replacing: false))
        try writer.append(frames[0])
        #expect(try contents(folder).count == 2)
      }
      #expect(try contents(folder).isEmpty)
    }
  }

  @Test func aFrameOfAnotherSizeIsRefused() throws {
    try withFolder { (folder: String) throws in
      let writer = try ClipWriter(syntheticRecipe(), to: .file(folder + "/clip.mp4", replacing: false))
      #expect(error { try writer.append(syntheticFrame(0, width: 80)) }?.sentence.contains("80×96") == true)
    }
  }
}

@Suite struct DestinationTests {
  private func failure(_ destination: ClipDestination, needing bytes: Int = 0) -> RenderError? {
    do {
      try destination.check(needing: bytes)
      return nil
    } catch {
      return error as? RenderError
    }
  }

  @Test func impossiblePlacesAreNamed() throws {
    try withFolder { (folder: String) throws in
      try Data().write(to: URL(filePath: folder + "/file"))
      let cases: [(path: String, says: String)] = [
        (folder, "is a folder"), (folder + "/none/clip.mp4", "does not exist"),
        (folder + "/file/clip.mp4", "not a folder"), ("/dev/null", "neither a file"),
        (folder + "/x/", "no file name"),
        (folder + "/", "is a folder"), ("", "no file name"),
      ]
      for (path, says) in cases {
        let failure = failure(.file(path, replacing: true))
        #expect(failure?.code == .inputOutput, "\(path)")
        #expect(failure?.sentence.contains(says) == true, "\(path): \(failure?.sentence ?? "accepted")")
      }
      #expect(failure(.file(folder + "/clip.mp4", replacing: true)) == nil)
      #expect(failure(.file("clip.mp4", replacing: true)) == nil)
    }
  }

  @Test func aFolderThatRefusesFilesIsAnError() {
    // Writable by its mode, and root may write anywhere, but no file can be made here.
    #expect(throws: RenderError.self) {
      _ = try ClipWriter(syntheticRecipe(), to: .file("/proc/clip.mp4", replacing: true))
    }
  }

  @Test func tooLittleSpaceIsSaid() throws {
    try withFolder { (folder: String) throws in
      let failure = failure(.file(folder + "/clip.mp4", replacing: true), needing: .max)
      #expect(failure?.code == .noSpace)
    }
  }

  @Test func nothingIsReplacedUnasked() throws {
    try withFolder { (folder: String) throws in
      let path = folder + "/clip.mp4"
      func part(_ content: String) throws -> String {
        try Data(content.utf8).write(to: URL(filePath: folder + "/part"))
        return folder + "/part"
      }
      #expect(try ClipDestination.place(part("1"), at: path, replacing: false) == path)
      #expect(try ClipDestination.place(part("2"), at: path, replacing: false) == folder + "/clip-2.mp4")
      #expect(ClipDestination.free(path) == folder + "/clip-3.mp4")
      #expect(try ClipDestination.place(part("3"), at: path, replacing: true) == path)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "3")
      #expect(try contents(folder) == ["clip-2.mp4", "clip.mp4"])
    }
  }

  @Test func aLinkKeepsPointingToItsFile() throws {
    try withFolder { (folder: String) throws in
      try Data("old".utf8).write(to: URL(filePath: folder + "/file.mp4"))
      symlink("file.mp4", folder + "/link.mp4")
      try Data("new".utf8).write(to: URL(filePath: folder + "/part"))
      let place = ClipDestination.file(folder + "/link.mp4", replacing: true).resolved.anchor
      _ = try ClipDestination.place(folder + "/part", at: place, replacing: true)
      #expect(try String(contentsOfFile: folder + "/file.mp4", encoding: .utf8) == "new")
    }
  }

  /// A clip is made where it will lie, and what leads nowhere is said before anything is rendered.
  @Test func linksAreFollowedBeforeAnythingIsWritten() throws {
    try withFolder { (folder: String) throws in
      try FileManager.default.createDirectory(atPath: folder + "/far/deep", withIntermediateDirectories: true)
      let real = try #require(realpath(folder, nil).map { String(cString: $0) })
      symlink("far/deep", folder + "/near")
      func place(_ path: String, replacing: Bool = true) -> String {
        ClipDestination.file(folder + "/" + path, replacing: replacing).resolved.anchor
      }
      #expect(place("near/a.mp4") == real + "/far/deep/a.mp4")
      #expect(place("near/../a.mp4") == real + "/far/a.mp4")
      try Data().write(to: URL(filePath: folder + "/far/b.mp4"))
      symlink("far/b.mp4", folder + "/b.mp4")
      #expect(place("b.mp4") == real + "/far/b.mp4")
      #expect(place("b.mp4", replacing: false) == real + "/b.mp4")
      let error = #expect(throws: RenderError.self) {
        try ClipWriter(syntheticRecipe(), to: .file(folder + "/nope/../a.mp4", replacing: true))
      }
      #expect(error?.what.contains("does not exist") == true)
    }
  }

  @Test func scratchNamesFitAnyFileSystem() {
    let stem = PartialFiles.stem(beside: "/tmp/" + String(repeating: "猫", count: 84) + ".mp4")
    #expect(stem.hasPrefix("/tmp/.猫"))
    #expect(stem.split(separator: "/").last.map { $0.utf8.count < 240 } == true)
    #expect(PartialFiles.stem(beside: "clip.mp4").contains(".clip.part-"))
    #expect(ClipDestination.free("no such clip.mp4") == "no such clip.mp4")
  }
}
