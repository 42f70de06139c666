using System.Text;

namespace ForkLint.Linux.Tests.Support;

// The parsers, for text: files of /proc are bytes. A class can extend only one of them by the same method.
internal static class SmapsText
{
    extension(SmapsParser)
    {
        public static Reading<IReadOnlyList<Mapping>> Parse(string text) => SmapsParser.Parse(Encoding.UTF8.GetBytes(text));
    }
}

internal static class MapsText
{
    extension(MapsParser)
    {
        public static Reading<IReadOnlyList<MapRegion>> Parse(string text) => MapsParser.Parse(Encoding.UTF8.GetBytes(text));
    }
}

internal static class StatusText
{
    extension(StatusParser)
    {
        public static Reading<ProcessStatus> Parse(string text) => StatusParser.Parse(Encoding.UTF8.GetBytes(text));
    }
}

internal static class SmapsRollupText
{
    extension(SmapsRollupParser)
    {
        public static Reading<MemoryRollup> Parse(string text) => SmapsRollupParser.Parse(Encoding.UTF8.GetBytes(text));
    }
}

internal static class LimitsText
{
    extension(LimitsParser)
    {
        public static Reading<IReadOnlyDictionary<string, ResourceLimit>> Parse(string text) => LimitsParser.Parse(Encoding.UTF8.GetBytes(text));
    }
}

internal static class CgroupText
{
    extension(CgroupParser)
    {
        public static Reading<IReadOnlyList<CgroupMembership>> Parse(string text) => CgroupParser.Parse(Encoding.UTF8.GetBytes(text));
    }
}

internal static class StatText
{
    extension(StatParser)
    {
        public static Reading<ProcessStat> Parse(string text) => StatParser.Parse(Encoding.UTF8.GetBytes(text));
    }
}

internal static class MountInfoText
{
    extension(MountInfoParser)
    {
        public static Reading<IReadOnlyList<Mount>> Parse(string text) => MountInfoParser.Parse(Encoding.UTF8.GetBytes(text));
    }
}

internal static class MeminfoText
{
    extension(MeminfoParser)
    {
        public static Reading<Meminfo> Parse(string text) => MeminfoParser.Parse(Encoding.UTF8.GetBytes(text));
    }
}
