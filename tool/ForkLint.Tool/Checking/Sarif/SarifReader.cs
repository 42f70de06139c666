using System.Text.Json;
using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Checking.Sarif;

/// <summary>
/// Reads SARIF 2.1.0, whether <c>check</c>, <c>gate</c> or a compiler's <c>ErrorLog</c> wrote it. The file is streamed and only
/// the findings of our own rules are kept, each text once: a log of a hundred thousand results must not need more than a small
/// multiple of what it says.
/// </summary>
internal sealed class SarifReader
{
    /// <summary>More findings than this are refused: they could not be read by people, and would not fit into memory.</summary>
    public const int MaximumFindings = 1_000_000;

    /// <summary>Larger files are refused before they are read.</summary>
    public const long MaximumFileBytes = 1L << 30;

    private readonly string _file;
    private readonly JsonPull _json;
    private readonly SarifResultReader _results;
    private readonly SarifLog _log = new();

    private SarifReader(string file, JsonPull json, SourceRoot root)
    {
        _file = file;
        _json = json;
        _results = new SarifResultReader(json, root);
    }

    /// <summary>Reads a log.</summary>
    /// <param name="file">The file.</param>
    /// <param name="root">What paths are made relative to.</param>
    /// <param name="mustHoldOurRules">Whether a log in which our analyzer took no part is an error.</param>
    /// <exception cref="UnreadableInputException">Missing, empty, corrupt, another version or another tool's.</exception>
    public static SarifLog Read(string file, SourceRoot root, bool mustHoldOurRules = true)
    {
        using var stream = InputFile.Open(file, MaximumFileBytes);
        using var json = new JsonPull(stream);
        try
        {
            var reader = new SarifReader(file, json, root);
            var log = reader.ReadLog();
            log.AnalyzerFailure = reader._results.AnalyzerFailure;
            if (mustHoldOurRules && !log.HoldsOurRules)
            {
                var tools = log.Tools.Count == 0 ? "no tool" : string.Join(", ", log.Tools);
                throw new UnreadableInputException(
                    $"{file} holds no rule of ForkLint (written by {tools})",
                    "take the log of 'check', or of a build in which the analyzer ran");
            }

            return log;
        }
        catch (JsonException exception)
        {
            throw InputFile.NotJson(file, exception);
        }
        catch (IOException exception)
        {
            throw new UnreadableInputException($"{file} cannot be read: {exception.Message}");
        }
    }

    private SarifLog ReadLog()
    {
        string? version = null;
        var hasRuns = false;
        _json.Read();
        if (_json.TokenType == JsonTokenType.StartObject)
        {
            while (_json.NextProperty(out var name))
            {
                switch (name)
                {
                    case "version":
                        version = _json.GetStringOrSkip();
                        RejectOtherVersion(version);
                        break;
                    case "runs" when _json.TokenType == JsonTokenType.StartArray:
                        hasRuns = true;
                        while (_json.NextElement())
                        {
                            ReadRun();
                        }

                        break;
                    default:
                        _json.Skip();
                        break;
                }
            }
        }
        else
        {
            _json.Skip();
        }

        // Reads to the end of the file, so that anything after the document is noticed.
        while (_json.Read())
        {
        }

        if (version is null || !hasRuns)
        {
            throw new UnreadableInputException($"{_file} is JSON but not SARIF: it has no \"version\" and \"runs\"");
        }

        return _log;
    }

    private void RejectOtherVersion(string? version)
    {
        if (version is null || !version.StartsWith("2.1.", StringComparison.Ordinal))
        {
            throw new UnreadableInputException(
                $"{_file} is SARIF {version ?? "of no version"}, and 2.1 is what can be read",
                "let the compiler write that with -p:ErrorLog=FILE%2Cversion=2.1");
        }
    }

    private void ReadRun()
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            _json.Skip();
            return;
        }

        while (_json.NextProperty(out var name))
        {
            switch (name)
            {
                case "results" when _json.TokenType == JsonTokenType.StartArray:
                    while (_json.NextElement())
                    {
                        ReadResult();
                    }

                    break;
                case "tool" when _json.TokenType == JsonTokenType.StartObject:
                    ReadTool();
                    break;
                default:
                    _json.Skip();
                    break;
            }
        }
    }

    private void ReadResult()
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            _json.Skip();
        }
        else if (_results.Read() is { } finding)
        {
            if (_log.Findings.Count == MaximumFindings)
            {
                throw new UnreadableInputException($"{_file} holds more than {MaximumFindings} findings", "split it, or fix the rule that floods it");
            }

            _log.Findings.Add(finding);
        }
    }

    private void ReadTool()
    {
        while (_json.NextProperty(out var name))
        {
            if (name == "driver" && _json.TokenType == JsonTokenType.StartObject)
            {
                ReadComponent(isDriver: true);
            }
            else if (name == "extensions" && _json.TokenType == JsonTokenType.StartArray)
            {
                while (_json.NextElement())
                {
                    if (_json.TokenType == JsonTokenType.StartObject)
                    {
                        ReadComponent(isDriver: false);
                    }
                    else
                    {
                        _json.Skip();
                    }
                }
            }
            else
            {
                _json.Skip();
            }
        }
    }

    private void ReadComponent(bool isDriver)
    {
        while (_json.NextProperty(out var name))
        {
            if (name == "name" && isDriver)
            {
                if (_json.GetStringOrSkip() is { } tool)
                {
                    _log.Tools.Add(tool);
                }
            }
            else if (name == "rules" && _json.TokenType == JsonTokenType.StartArray)
            {
                while (_json.NextElement())
                {
                    ReadRule();
                }
            }
            else
            {
                _json.Skip();
            }
        }
    }

    private void ReadRule()
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            _json.Skip();
            return;
        }

        string? id = null, title = null, description = null, help = null;
        var level = FindingLevel.Warning;
        while (_json.NextProperty(out var name))
        {
            switch (name)
            {
                case "id":
                    id = _json.GetStringOrSkip();
                    break;
                case "shortDescription":
                    title = _results.ReadText();
                    break;
                case "fullDescription":
                    description = _results.ReadText();
                    break;
                case "helpUri":
                    help = _json.GetStringOrSkip();
                    break;
                case "defaultConfiguration" when _json.TokenType == JsonTokenType.StartObject:
                    while (_json.NextProperty(out var setting))
                    {
                        var text = _json.GetStringOrSkip();
                        level = setting == "level" ? RuleNames.ParseLevel(text) : level;
                    }

                    break;
                default:
                    _json.Skip();
                    break;
            }
        }

        // The two descriptors of one rule (live, and at the end of the compilation) say the same of it.
        if (id is not null && RuleNames.IsOurs(id))
        {
            _log.Rules.TryAdd(id, new RuleDescription(id, title, description, help, level));
        }
    }
}
