/// Why the terminal cannot be used, and what helps.
public struct TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
  public var what: String
  public var remedy: String

  public var description: String { "\(what); \(remedy)" }
}
