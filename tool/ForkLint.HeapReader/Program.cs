// The heap reader as a program of its own. The tool starts it.
using System.Globalization;
using ForkLint.Heap.Isolation;

// Its only argument is the descriptor that the tool left open for it.
if (args is [var descriptor] && int.TryParse(descriptor, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
{
    HeapReaderService.Run(number);
}

Console.Error.WriteLine("forklint-heap-reader is started by dotnet-forklint.");
return 1;
