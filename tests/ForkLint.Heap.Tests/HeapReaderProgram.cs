using System.Globalization;
using ForkLint.Heap.Isolation;

namespace ForkLint.Heap.Tests;

/// <summary>This assembly started as a process: a heap reader, like the one the tool starts of itself.</summary>
internal static class HeapReaderProgram
{
    public static void Main(string[] args) => HeapReaderService.Run(int.Parse(args[^1], CultureInfo.InvariantCulture));

    public static HeapReaderProcess Start() => HeapReaderProcess.Start(["dotnet", typeof(HeapReaderProgram).Assembly.Location]);
}
