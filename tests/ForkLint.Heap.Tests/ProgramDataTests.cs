using System.Diagnostics;
using ForkLint.Linux;

namespace ForkLint.Heap.Tests;

/// <summary>The memory that a program has from its start on is called by the program's name, and the list adds up.</summary>
public sealed class ProgramDataTests : IDisposable
{
    private const long Zero = 96 << 20;
    private const long Touched = 64 << 20;
    private const long Initialised = 24 << 20;
    private const long Grown = 20 << 20;

    private const string Source = """
        #include <stdio.h>
        #include <string.h>
        #include <unistd.h>
        static char table[96 << 20];
        static char filled[24 << 20] = { 1 };
        int main(int argc, char **argv) {
            memset(table, 1, 64 << 20);
            memset(filled, 2, sizeof filled);
            memset(sbrk(20 << 20), 3, 20 << 20);
            write(1, "Ready\n", 6);
            char one; read(0, &one, 1);
            return table[argc] + filled[argc];
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("forklint-program-").FullName;

    [Theory]
    [InlineData("-fPIE")]
    [InlineData("-no-pie")]
    [InlineData("-static")]
    [InlineData("-fPIE", "setarch", "-R")]
    public void Static_variables_and_what_brk_grew_are_the_programs(string link, params string[] launcher)
    {
        string path = Path.Combine(_folder, "statics");
        File.WriteAllText(path + ".c", Source);
        using (Process compiler = Process.Start("gcc", ["-O1", link, "-o", path, path + ".c"]))
        {
            compiler.WaitForExit();
            Assert.Equal(0, compiler.ExitCode);
        }

        string[] command = [.. launcher, path];
        using Process program = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            Assert.Equal("Ready", program.StandardOutput.ReadLine());
            IReadOnlyList<Mapping> mappings = new ProcessFiles(program.Id).Mappings().Value;
            IReadOnlyList<Saving> savings = NativeSnapshot.Read(FrozenProcess.Running(program.Id), mappings, new HeapReadOptions { IsDotNet = false });

            Saving zero = Assert.Single(savings, saving => saving.Holder == "native:bss:" + path);
            Assert.Contains("zero-initialised data of " + path, zero.What, StringComparison.Ordinal);
            Assert.Contains("cannot be unmapped", zero.Action, StringComparison.Ordinal);
            Assert.Equal(SavingMeans.Nothing, zero.Means);
            Assert.InRange(zero.CommitChargeBytes, Zero, Zero + (1 << 20));
            Assert.InRange(zero.ChildResidentBytes, Touched, Touched + (1 << 20));

            Saving data = Assert.Single(savings, saving => saving.Holder == "native:data:" + path);
            Assert.InRange(data.CommitChargeBytes, Initialised, Initialised + (1 << 20));

            Saving grown = Assert.Single(savings, saving => saving.Holder == "native:brk");
            Assert.InRange(grown.CommitChargeBytes, Grown, Grown + (1 << 20));

            Assert.DoesNotContain(savings, static saving => saving.What.StartsWith("an anonymous mapping", StringComparison.Ordinal));

            // With what is too small to be listed else.
            savings = NativeSnapshot.Read(FrozenProcess.Running(program.Id), mappings, new HeapReadOptions { IsDotNet = false, SmallestSavingBytes = 1 });
            Assert.Equal(CommitCharge.PredictBytes(mappings), savings.Sum(static saving => saving.CommitChargeBytes));
            Assert.Equal(mappings.Sum(static mapping => mapping.AnonymousBytes), savings.Sum(static saving => saving.ChildResidentBytes));
        }
        finally
        {
            program.Kill();
            program.WaitForExit();
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
