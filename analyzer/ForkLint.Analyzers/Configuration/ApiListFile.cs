using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace ForkLint.Analyzers.Configuration;

/// <summary>What an additional file of ours lists.</summary>
internal enum ApiListKind
{
    /// <summary><c>ForkLint.Spawns*.txt</c>: members that create a process.</summary>
    Spawns,

    /// <summary><c>ForkLint.Allocations*.txt</c>: members that return memory.</summary>
    Allocations,

    /// <summary><c>ForkLint.Measured*.txt</c>: sizes, and the processes that methods start, as they were seen in a running process.</summary>
    Measured,
}

/// <summary>One line: a documentation-comment id, and what follows its semicolon.</summary>
internal readonly record struct ApiListEntry(string Id, string? Detail, TextSpan Span);

/// <summary>A line that cannot be read, and why.</summary>
internal readonly record struct ApiListError(TextSpan Span, string Reason);

/// <summary>The lines of one additional file of ours. Blank lines and lines that start with <c>#</c> or <c>//</c> say nothing.</summary>
internal sealed class ApiListFile
{
    private readonly List<ApiListEntry> _entries = [];
    private readonly List<ApiListError> _errors = [];

    private ApiListFile(ApiListKind kind) => Kind = kind;

    /// <summary>What the file lists.</summary>
    public ApiListKind Kind { get; }

    /// <summary>The lines that could be read, in order.</summary>
    public IReadOnlyList<ApiListEntry> Entries => _entries;

    /// <summary>The lines that could not, in order.</summary>
    public IReadOnlyList<ApiListError> Errors => _errors;

    /// <summary>Whether a file of this name is ours, in any folder.</summary>
    public static bool TryGetKind(string path, out ApiListKind kind)
    {
        kind = default;
        var name = path.Substring(path.LastIndexOfAny(['/', '\\']) + 1);
        if (!name.StartsWith("ForkLint.", StringComparison.OrdinalIgnoreCase)
            || !name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        foreach (var candidate in new[] { ApiListKind.Spawns, ApiListKind.Allocations, ApiListKind.Measured })
        {
            if (name.StartsWith("ForkLint." + candidate, StringComparison.OrdinalIgnoreCase))
            {
                kind = candidate;
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads every line of <paramref name="text"/>; what is wrong with one does not touch the others.</summary>
    public static ApiListFile Parse(ApiListKind kind, SourceText text)
    {
        var file = new ApiListFile(kind);
        foreach (var line in text.Lines)
        {
            var raw = line.ToString();
            var content = raw.Trim();
            if (content.Length == 0 || content[0] == '#' || content.StartsWith("//", StringComparison.Ordinal))
            {
                continue;
            }

            var span = new TextSpan(line.Start + raw.IndexOf(content, StringComparison.Ordinal), content.Length);
            var semicolon = content.IndexOf(';');
            var id = semicolon < 0 ? content : content.Substring(0, semicolon).TrimEnd();
            var detail = semicolon < 0 ? null : content.Substring(semicolon + 1).Trim();
            var reason = WhyUnreadable(kind, id, detail);
            if (reason is null)
            {
                file._entries.Add(new ApiListEntry(id, detail, span));
            }
            else
            {
                file._errors.Add(new ApiListError(span, reason));
            }
        }

        return file;
    }

    /// <summary>The kind a spawn line gives itself; <see langword="null"/> where it leaves that to the process-start model.</summary>
    public static SpawnKind? SpawnKindOf(ApiListEntry entry) => entry.Detail?.ToUpperInvariant() switch
    {
        "DUPLICATES" => SpawnKind.Duplicates,
        "SHARES" => SpawnKind.Shares,
        _ => null,
    };

    private static string? WhyUnreadable(ApiListKind kind, string id, string? detail)
    {
        if (id.Length < 2 || id[1] != ':' || !IsWellFormed(id))
        {
            return $"'{id}' is not a documentation-comment id such as {Example(kind)}";
        }

        if (!Prefixes(kind).Contains(id[0]))
        {
            return $"'{id}' starts with '{id[0]}:', but only {string.Join(", ", Prefixes(kind).Select(prefix => prefix + ":"))} can be listed here";
        }

        return kind switch
        {
            ApiListKind.Measured when detail is null or "" => $"'{id}' has no size: write '{id}; 209715200'",
            ApiListKind.Measured when TracedSpawn.IsMeant(detail) => id[0] == 'M' ? TracedSpawn.WhyUnreadable(detail!, out _) : $"'{id}' is not a method, and only a method starts processes",
            ApiListKind.Measured when !ByteSizeText.TryParse(detail, out _) => $"'{detail}' is not a size such as 1048576, 500KB or 1 MiB",
            ApiListKind.Allocations when !AllocationDetail.TryParse(detail, out _) =>
                $"'{detail}' is not a size such as 1048576, 500KB or 1 MiB, nor 'product * 4', 'product * sizeof(T)', 'at least product * 1' or 'read'",
            ApiListKind.Spawns when detail is { Length: > 0 } && SpawnKindOf(new ApiListEntry(id, detail, default)) is null =>
                $"'{detail}' is not a kind of spawn: write duplicates or shares",
            _ => null,
        };
    }

    private static string Example(ApiListKind kind) => kind switch
    {
        ApiListKind.Spawns => "M:Library.Shell.Run(System.String)",
        ApiListKind.Allocations => "M:Library.Buffers.Create(System.Int32)",
        _ => "F:App.Cache.Table",
    };

    private static string Prefixes(ApiListKind kind) => kind switch
    {
        ApiListKind.Spawns => "MP",
        ApiListKind.Allocations => "MPT",
        _ => "FPEM",
    };

    /// <summary>A name after the prefix, no blanks, and brackets that match. Whether it names anything is another matter.</summary>
    private static bool IsWellFormed(string id)
    {
        if (id.Length < 3 || id[2] is '.' or '(' || id[id.Length - 1] is '.' or ',')
        {
            return false;
        }

        var open = new Stack<char>();
        foreach (var character in id)
        {
            switch (character)
            {
                case '(' or '{' or '[':
                    open.Push(character);
                    break;
                case ')' or '}' or ']':
                    if (open.Count == 0 || open.Pop() != (character == ')' ? '(' : character == '}' ? '{' : '['))
                    {
                        return false;
                    }

                    break;
                default:
                    if (char.IsWhiteSpace(character))
                    {
                        return false;
                    }

                    break;
            }
        }

        return open.Count == 0;
    }
}
