import ArgumentParser
import Foundation
import Rendering
import Testing

@testable import moviola

/// What the program has to do with the streams it was given, and the words before its options.
@Suite struct ProcessTests {
  private func withDescriptor(_ path: String, _ flags: Int32, _ body: (Int32) throws -> Void) throws {
    let descriptor = open(path, flags)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    try body(descriptor)
  }

  private func read(_ path: String) throws -> RenderError? {
    var failure: RenderError?
    try withDescriptor(path, O_RDONLY) { descriptor in
      failure = #expect(throws: RenderError.self) { try PromptInput.read(from: descriptor) }
    }
    return failure
  }

  @Test func aPromptThatNeverEndsIsRefused() throws { #expect(try read("/dev/zero")?.code == .badRecipe) }

  @Test func whatCannotBeReadIsASentence() throws {
    let failure = try #require(try read("/tmp"))
    #expect(failure.code == .inputOutput && failure.sentence.hasPrefix("standard input cannot be read: "))
    #expect(!failure.sentence.contains("Domain"))
    #expect(throws: RenderError.self) { try PromptInput.read(from: -1) }
  }

  @Test func aPromptComesThroughAPipe() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    #expect(Console.write("  a red ball, 红\n\n", to: ends[1]) == nil)
    close(ends[1])
    #expect(try PromptInput.read(from: ends[0]) == "a red ball, 红")
  }

  @Test func lostOutputIsNoticed() throws {
    try withDescriptor("/dev/full", O_WRONLY) { #expect(Console.write("x", to: $0) == ENOSPC) }
    #expect(Console.write("x", to: -1) == EBADF && Console.write("", to: -1) == nil)
    #expect(Console.lostOutput(ENOSPC).code == .inputOutput)
  }

  @Test func aClosedOutputIsNoticed() throws {
    try withDescriptor("/dev/null", O_WRONLY) { #expect(StandardStreams.takesOutput($0)) }
    try withDescriptor("/dev/null", O_RDONLY) { #expect(!StandardStreams.takesOutput($0)) }
    #expect(!StandardStreams.takesOutput(-1))
  }

  @Test(arguments: [
    [], ["--help"], ["--model", "x"], ["render", "history"], ["models", "--json"], ["models", "verify", "x"],
    ["help", "plan"], ["studio", "--ascii"], ["bench", "memory"],
  ])
  func commandsAreKnown(_ line: [String]) throws { try Moviola.checkCommand(line) }

  @Test(arguments: [["history", "--help"], ["log"], ["config", "--help"], ["models", "fetch", "--help"], [""]])
  func whatIsNoCommandIsSaid(_ line: [String]) throws {
    let error = try #require(#expect(throws: ValidationError.self) { try Moviola.checkCommand(line) })
    #expect(Failure(error).status == .usage && Failure(error).sentence.contains("there is no command"))
  }

  @Test func theVersionIsPrinted() throws {
    let error = #expect(throws: (any Error).self) { try Moviola.parseAsRoot(["--version"]) }
    let text = error.map { Moviola.fullMessage(for: $0) } ?? ""
    #expect(text == "moviola \(Moviola.version)" && error.map { Moviola.exitCode(for: $0) } == .success)
  }

  @Test func thePlanTakesTheLineOfARender() throws {
    let plan = try PlanCommand.parse(["p", "-o", "a.mp4", "--json", "--quiet", "--no-history", "--steps", "3"])
    #expect(plan.json && plan.output == "a.mp4" && plan.clip.options.steps == 3)
    #expect(!PlanCommand.helpMessage().contains("history"))
  }
}
