namespace ForkLint.Dumps.Tests;

public sealed class CrashDumpSettingsTests
{
    private static readonly DumpedProcess Process = new(42, "shop", "web-1", "/app");

    [Theory]
    [InlineData("DOTNET_DbgEnableMiniDump=1", true, DumpType.Heap, "/tmp/coredump.42")]
    [InlineData("COMPlus_DbgEnableMiniDump=1;COMPlus_DbgMiniDumpType=4", true, DumpType.Full, "/tmp/coredump.42")]
    [InlineData("DOTNET_DbgEnableMiniDump=0;COMPlus_DbgEnableMiniDump=1", false, DumpType.Heap, "/tmp/coredump.42")]
    [InlineData("DOTNET_DbgEnableMiniDump=1;DOTNET_DbgMiniDumpType=9", true, null, "/tmp/coredump.42")]
    [InlineData("DOTNET_DbgEnableMiniDump=1;TMPDIR=/scratch", true, DumpType.Heap, "/scratch/coredump.42")]
    [InlineData("DOTNET_DbgEnableMiniDump=0x1;DOTNET_DbgMiniDumpType=3;DOTNET_DbgMiniDumpName=/dumps/%e/%p-%h-%t-%%-%x", true, DumpType.Mini, "/dumps/shop/42-web-1-%t-%-%x")]
    [InlineData("DOTNET_DbgMiniDumpName=dumps/core%", false, DumpType.Heap, "/app/dumps/core%")]
    [InlineData("", false, DumpType.Heap, "/tmp/coredump.42")]
    public void The_variables_are_read_as_the_runtime_reads_them(string environment, bool isEnabled, DumpType? type, string path)
    {
        var variables = environment.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(static pair => pair.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[1]);
        var settings = CrashDumpSettings.Read(variables, Process);
        Assert.Equal((isEnabled, type, path), (settings.IsEnabled, settings.Type, settings.Path));
        Assert.Equal(Path.GetDirectoryName(path), settings.Directory);
    }
}
