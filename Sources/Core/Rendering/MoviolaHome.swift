public import Foundation

/// Where things live for a user.
///
///     let home = MoviolaHome(environment: ProcessInfo.processInfo.environment)
///     home.ledgerFile    // ~/.local/share/moviola/library.sqlite
///
/// Follows the XDG rules; `MOVIOLA_HOME` puts everything under one folder. Nothing is made here.
public struct MoviolaHome: Hashable, Sendable {
  /// config.toml, themes/, prompts/.
  public let config: URL
  /// library.sqlite, renders/, models/.
  public let data: URL
  /// The log, and what may be lost without harm.
  public let state: URL
  /// What can be made again.
  public let cache: URL

  public init(environment: [String: String]) {
    if let root = Self.folder("MOVIOLA_HOME", in: environment, isAbsolute: false) {
      (config, data, state, cache) = (root, root, root, root.appending(path: "cache"))
      return
    }
    let user = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
    func place(_ variable: String, _ standard: String) -> URL {
      (Self.folder(variable, in: environment, isAbsolute: true) ?? URL(filePath: user).appending(path: standard))
        .appending(path: "moviola")
    }
    config = place("XDG_CONFIG_HOME", ".config")
    data = place("XDG_DATA_HOME", ".local/share")
    state = place("XDG_STATE_HOME", ".local/state")
    cache = place("XDG_CACHE_HOME", ".cache")
  }

  /// The rules say that a relative path in an XDG variable counts as none.
  private static func folder(_ variable: String, in environment: [String: String], isAbsolute: Bool) -> URL? {
    guard let path = environment[variable], !path.isEmpty, !isAbsolute || path.hasPrefix("/") else { return nil }
    return URL(filePath: path, directoryHint: .isDirectory).standardizedFileURL
  }

  public var configFile: URL { config.appending(path: "config.toml") }
  public var ledgerFile: URL { data.appending(path: "library.sqlite") }
  public var renders: URL { data.appending(path: "renders") }
  public var models: URL { data.appending(path: "models") }
  /// Half-done renders.
  public var unfinished: URL { state.appending(path: "unfinished") }
  /// Encoded prompts.
  public var texts: URL { cache.appending(path: "texts") }
  /// What is known of models' files that have not changed.
  public var fingerprints: URL { cache.appending(path: "fingerprints") }
  public var log: URL { state.appending(path: "log") }
}
