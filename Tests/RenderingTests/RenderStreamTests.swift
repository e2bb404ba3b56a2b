import Foundation
import Testing

@testable import Rendering

@Suite struct RenderStreamTests {
  private func frame(_ value: UInt8) -> Frame { Frame(width: 1, height: 1, rgb: [value, value, value]) }

  @Test func framesAreNeverDroppedAndKeepTheirOrder() async throws {
    let stream = RenderStream()
    Thread.detachNewThread {
      for index in 0..<100 { stream.yield(.frames([Frame(width: 1, height: 1, rgb: [UInt8(index), 0, 0])])) }
      stream.finish()
    }
    var seen: [UInt8] = []
    for try await event in stream {
      if case .frames(let frames) = event { seen.append(contentsOf: frames.map { $0.rgb[0] }) }
    }
    #expect(seen == Array(0..<100))
  }

  @Test func oldProgressIsDroppedWhenNobodyReads() async throws {
    let stream = RenderStream()
    for index in 1...1000 { stream.yield(.decoding(Decoding(framesDone: index, frameCount: 1000))) }
    stream.finish()
    var seen: [Int] = []
    for try await event in stream {
      if case .decoding(let decoding) = event { seen.append(decoding.framesDone) }
    }
    #expect(seen.count == RenderStream.progressEventsKept)
    #expect(seen.last == 1000)
  }

  @Test func cancellingWakesAnEngineThatWaitsForTheReader() async throws {
    let stream = RenderStream()
    Thread.detachNewThread { [first = frame(1)] in
      while !stream.isCancelled { stream.yield(.frames([first])) }
      stream.finish(throwing: RenderError(.cancelled, "cancelled"))
    }
    let iterator = stream.makeAsyncIterator()
    _ = try await iterator.next()
    stream.cancel()
    await #expect(throws: RenderError.self) {
      while try await iterator.next() != nil {}
    }
  }

  @Test func anErrorReachesTheReader() async throws {
    let stream = RenderStream()
    stream.finish(throwing: RenderError(.numerics, "NaN"))
    await #expect(throws: RenderError(.numerics, "NaN")) {
      for try await _ in stream {}
    }
  }
}
