using PackagedAnalyzer;

switch (args)
{
    case ["convert", var path]:
        Converter.Convert(path);
        break;
    case ["convert-quietly", var path]:
        Suppressed.ByPragma(path);
        Suppressed.ByAttribute(path);
        Configured.Convert(path);
        break;
    case ["fork"]:
        Forking.Split();
        break;
    case ["print", var user]:
        UnderAnotherName.Print(user);
        break;
    case ["cached", var size]:
        Cache.Fill(int.Parse(size));
        break;
    default:
        Console.WriteLine("This program is there to be built: see README.md.");
        break;
}
