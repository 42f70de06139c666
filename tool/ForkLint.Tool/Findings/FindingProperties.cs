using System.Globalization;

namespace ForkLint.Tool.Findings;

/// <summary>The properties of a diagnostic, as the analyzer names them and the compiler writes them to SARIF.</summary>
/// <param name="values">Name and text, in the order they were read.</param>
internal sealed class FindingProperties(IReadOnlyList<KeyValuePair<string, string>> values)
{
    /// <summary>The member that contains the finding, as a documentation-comment id.</summary>
    public const string MemberName = "member";

    /// <summary>The name of what holds the allocation: a variable, a field.</summary>
    public const string HolderName = "holder";

    /// <summary>The field or property that holds the allocation, as a documentation-comment id.</summary>
    public const string HolderMemberName = "holderMember";

    /// <summary>The size of the allocation in bytes.</summary>
    public const string BytesName = "bytes";

    /// <summary>The size that a running process was measured to hold, joined to the finding.</summary>
    public const string MeasuredBytesName = "measuredBytes";

    /// <summary>The highest resident set of what the spawn was seen to start, in bytes.</summary>
    public const string ChildPeakName = "childPeakBytes";

    /// <summary>The program of that child.</summary>
    public const string ChildProgramName = "childProgram";

    /// <summary>No properties.</summary>
    public static FindingProperties Empty { get; } = new([]);

    /// <summary>All of them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> All { get; } = values;

    /// <summary>The member that contains the finding; null in a log that does not say.</summary>
    public string? Member => Find(MemberName);

    /// <summary>The name of what holds the allocation; null when nothing with a name does.</summary>
    public string? Holder => Find(HolderName);

    /// <summary>The documentation-comment id of the holder, where it is a member.</summary>
    public string? HolderMember => Find(HolderMemberName);

    /// <summary>The size in bytes; null when the analyzer does not know it.</summary>
    public long? Bytes => Number(BytesName);

    /// <summary>The size that a running process was measured to hold; null where none was joined.</summary>
    public long? MeasuredBytes => Number(MeasuredBytesName);

    /// <summary>The highest resident set of what the spawn was seen to start; null where it was not traced.</summary>
    public long? ChildPeakBytes => Number(ChildPeakName);

    /// <summary>The program of that child; null where it was not traced.</summary>
    public string? ChildProgram => Find(ChildProgramName);

    /// <summary>The value of a property; null when there is none.</summary>
    public string? Find(string name)
    {
        foreach (var (key, value) in All)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>These properties with one replaced or added.</summary>
    public FindingProperties With(string name, string value) =>
        new([.. All.Where(property => property.Key != name), new(name, value)]);

    private long? Number(string name) =>
        long.TryParse(Find(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
