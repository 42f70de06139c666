namespace ForkLint.Tests.Shared;

/// <summary>
/// How a size is written anywhere in the product: in the analyzer's options and measured files, and on the tool's command line. One piece of code reads
/// it, compiled for both; each is held to this table where it is used.
/// </summary>
internal static class SizeTable
{
    /// <summary>Sizes, and what they are in bytes.</summary>
    public static TheoryData<string, long> Sizes { get; } = new()
    {
        { "0", 0 },
        { "4096", 4096 },
        { "007", 7 },
        { "1B", 1 },
        { "100 b", 100 },
        { "1KB", 1000 },
        { "1KiB", 1024 },
        { "1Ki", 1024 },
        { "25MiB", 25L << 20 },
        { "25 mb", 25_000_000 },
        { " 1 mib ", 1L << 20 },
        { "1\tMiB", 1L << 20 },
        { "\t2Gi\r", 2L << 30 },
        { "1.5GiB", 3L << 29 },
        { "1.5 MiB", 1_572_864 },
        { "0.5KB", 500 },
        { "0.1 KiB", 102 },
        { "1.9GB", 1_900_000_000 },
        { "1TB", 1_000_000_000_000 },
        { "3TiB", 3L << 40 },
        { "3 ti", 3L << 40 },
        { "8388607TiB", 8_388_607L << 40 },
        { "9223372036854775807", long.MaxValue },
        { "9223372036854775806.9", long.MaxValue - 1 },
    };

    /// <summary>What is not a size.</summary>
    public static TheoryData<string?> Nonsense { get; } = new()
    {
        null, "", " ", "MiB", "B", ".", "-1", "+1", "-0", "1M", "1 G", "1K", "1.", ".5GiB", "1.MiB", "1..2", "1.2.3", "1,5GiB", "1,000", "1_000", "1e3", "1E3B", "0x10",
        "1 Mi B", "1 MiB MiB", "1 PB", "1PiB", "1 MiBs", "1 bit", "\u0663MiB", "1\0", "1\0MiB", "1MiB\0", "NaN", "Infinity", "1 \u212AB", "(1)", "1 %",
        "9223372036854775807.9", "9223372036854775808", "8388608TiB", "9000000TiB", "9999999999 TB", "9223372036854775807TB", "99999999999999999999999999999999999999999",
        "79228162514264337593543950335", "79228162514264337593543950335TiB", "1" + new string('0', 400),
    };
}
