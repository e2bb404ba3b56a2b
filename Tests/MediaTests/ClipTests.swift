import CFFmpeg
import Foundation
import Rendering
import Testing

@testable import Media

@Suite struct ClipTests {
  let frames = (0..<17).map { syntheticFrame($0) }

  @Test func framesSurviveTheRoundTrip() throws {
    try withFolder { (folder: String) throws in
      let path = folder + "/clip.mp4"
      let clip = try writeClip(frames, syntheticRecipe(), to: .file(path, replacing: false))
      #expect(clip.path == path)
      #expect(clip.check.frames == 17)
      #expect(clip.check.warnings.isEmpty)
      #expect(try contents(folder) == ["clip.mp4"])
      // Flat colours at quantiser 16; what is lost is mostly the halved colour at the disc's edge.
      #expect(try lumaPSNR(of: path, against: frames) > 40)
    }
  }

  @Test func theIndexIsInFrontAndColoursAreTagged() throws {
    try withFolder { (folder: String) throws in
      let path = folder + "/clip.mp4"
      try writeClip(frames, syntheticRecipe(), to: .file(path, replacing: false))
      let bytes = try Data(contentsOf: URL(filePath: path))
      let index = try #require(bytes.range(of: Data("moov".utf8)))
      let media = try #require(bytes.range(of: Data("mdat".utf8)))
      #expect(index.lowerBound < media.lowerBound)
      try ClipFile(path).decode(rate: 16) { picture, _ in
        #expect(picture.pointer.pointee.format == AV_PIX_FMT_YUV420P.rawValue)
        #expect(picture.pointer.pointee.color_primaries == AVCOL_PRI_BT709)
        #expect(picture.pointer.pointee.color_trc == AVCOL_TRC_BT709)
        #expect(picture.pointer.pointee.colorspace == AVCOL_SPC_BT709)
        #expect(picture.pointer.pointee.color_range == AVCOL_RANGE_MPEG)
      }
    }
  }

  @Test(arguments: [
    "a red ball bounces",
    String(repeating: "一只红色的球在网格房间里弹跳，电影质感。", count: 100),
    "quotes \" and ' and \\ and\nnew lines\tand 🎬👩‍👩‍👧 {\"json\": [1]}",
    "; # = key=value",
  ])
  func theRecipeTravelsInTheClip(prompt: String) throws {
    try withFolder { (folder: String) throws in
      let path = folder + "/clip.mp4"
      var recipe = syntheticRecipe(frames: 5, prompt: prompt)
      recipe.negativePrompt = prompt
      recipe.shift = 0.1 + 0.2
      recipe.modelFingerprint = "abc"
      try writeClip(Array(frames.prefix(5)), recipe, to: .file(path, replacing: false))
      #expect(try ClipMetadata.recipe(of: path) == recipe)
      #expect(try ClipFile(path).tag("title") == prompt)
    }
  }

  @Test func aRecipeLearntOnTheWayIsTheOneInTheFile() throws {
    try withFolder { (folder: String) throws in
      let path = folder + "/clip.mp4"
      var recipe = syntheticRecipe()
      let writer = try ClipWriter(recipe, to: .file(path, replacing: false))
      for frame in frames { try writer.append(frame) }
      recipe.modelFingerprint = "known at the end"
      _ = try writer.finish(recipe)
      #expect(try ClipMetadata.recipe(of: path).modelFingerprint == "known at the end")
    }
  }

  @Test(arguments: [1, 5, 24, 25, 30, 60]) func timesAreExactAtEveryRate(rate: Int) throws {
    try withFolder { (folder: String) throws in
      var recipe = syntheticRecipe()
      recipe.framesPerSecond = rate
      let clip = try writeClip(frames, recipe, to: .file(folder + "/clip.mp4", replacing: false))
      #expect(clip.check.frames == 17)
    }
  }

  @Test func aSingleFrameIsAClip() throws {
    try withFolder { (folder: String) throws in
      let clip = try writeClip(
        [syntheticFrame(0)], syntheticRecipe(frames: 1), to: .file(folder + "/clip.mp4", replacing: false))
      #expect(clip.check.frames == 1)
      #expect(clip.check.warnings.isEmpty)
    }
  }

  @Test func blackAndStillClipsAreNoticed() throws {
    try withFolder { (folder: String) throws in
      let black = try writeClip(
        frames.map { _ in flatFrame(0) }, syntheticRecipe(), to: .file(folder + "/black.mp4", replacing: false))
      #expect(black.check.warnings.first?.contains("black") == true)
      let still = try writeClip(
        frames.map { _ in syntheticFrame(3) }, syntheticRecipe(), to: .file(folder + "/still.mp4", replacing: false))
      #expect(still.check.warnings.first?.contains("still") == true)
    }
  }

  @Test func filesThatAreNotOursAreSaidSo() throws {
    try withFolder { (folder: String) throws in
      let text = folder + "/text.mp4"
      try Data("#EXTM3U\nhttp://example.org/a.ts\n".utf8).write(to: URL(filePath: text))
      for path in [text, folder, folder + "/none.mp4", "/dev/null"] {
        #expect(throws: RenderError.self) { try ClipMetadata.recipe(of: path) }
      }
    }
  }

  /// Other programs damage files: whatever is in them, it is an error or a recipe, never a crash.
  @Test func damagedClipsAreErrorsAtWorst() throws {
    try withFolder { (folder: String) throws in
      let path = folder + "/clip.mp4"
      try writeClip(frames, syntheticRecipe(), to: .file(path, replacing: false))
      let good = try Data(contentsOf: URL(filePath: path))
      var state: UInt64 = 1
      func random(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
      }
      for _ in 0..<40 {
        var bad = good.prefix(random(10) == 0 ? random(good.count) : good.count)
        for _ in 0..<random(8) where !bad.isEmpty { bad[random(bad.count)] = UInt8(random(256)) }
        try bad.write(to: URL(filePath: path))
        _ = try? ClipMetadata.recipe(of: path)
        do {
          _ = try ClipVerifier.check(path, against: syntheticRecipe())
        } catch {
          #expect(error is RenderError)
        }
      }
    }
  }

  /// Of luma, in decibels over the whole clip.
  private func lumaPSNR(of path: String, against frames: [Frame]) throws -> Double {
    let converter = try ColourConverter(width: frames[0].width, height: frames[0].height)
    let source = try PictureBuffer(format: AV_PIX_FMT_RGB24, width: frames[0].width, height: frames[0].height)
    let expected = try PictureBuffer(format: AV_PIX_FMT_YUV420P, width: frames[0].width, height: frames[0].height)
    var squares = 0
    var count = 0
    try ClipFile(path).decode(rate: 16) { picture, index in
      try source.fill(from: frames[try #require(index)])
      try converter.convert(source, into: expected)
      var luma: [UInt8] = []
      expected.forEachRow(bytes: frames[0].width) { _, row in luma.append(contentsOf: row) }
      picture.forEachRow(bytes: frames[0].width) { y, row in
        for x in 0..<row.count {
          let difference = Int(row[x]) - Int(luma[y * row.count + x])
          squares += difference * difference
          count += 1
        }
      }
    }
    return 10 * log10(255 * 255 / (Double(squares) / Double(count)))
  }
}
