namespace ForkLint.Analyzers.Flow;

/// <summary>A set of objects of one model, for as long as the model makes no new ones that belong to it.</summary>
/// <param name="count">How many objects the model has.</param>
internal sealed class ObjectMarks(int count)
{
    private readonly bool[] _marks = new bool[count];

    /// <summary>Adds an object. Returns whether it is new.</summary>
    public bool Add(MemoryObject item)
    {
        var isNew = !_marks[item.Id];
        _marks[item.Id] = true;
        return isNew;
    }

    /// <summary>Whether an object was added.</summary>
    public bool Contains(MemoryObject item) => item.Id < _marks.Length && _marks[item.Id];
}
