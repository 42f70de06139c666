namespace ForkLint.Analyzers.Flow;

/// <summary>The nodes that are to be looked at again, each once: those first that come first in the body, or last.</summary>
/// <param name="backwards">Whether the last blocks come first.</param>
internal sealed class NodeQueue(bool backwards)
{
    // A binary heap.
    private readonly List<FlowNode> _nodes = [];
    private bool[] _isQueued = new bool[16];

    /// <summary>Whether there is nothing left to do.</summary>
    public bool IsEmpty => _nodes.Count == 0;

    /// <summary>Adds a node, unless it waits already.</summary>
    public void Add(FlowNode node)
    {
        if (node.Id >= _isQueued.Length)
        {
            Array.Resize(ref _isQueued, Math.Max(node.Id + 1, 2 * _isQueued.Length));
        }

        if (_isQueued[node.Id])
        {
            return;
        }

        _isQueued[node.Id] = true;
        _nodes.Add(node);
        var index = _nodes.Count - 1;
        while (index > 0 && Precedes(node, _nodes[(index - 1) / 2]))
        {
            _nodes[index] = _nodes[(index - 1) / 2];
            index = (index - 1) / 2;
        }

        _nodes[index] = node;
    }

    /// <summary>The next node.</summary>
    public FlowNode Take()
    {
        var first = _nodes[0];
        var last = _nodes[_nodes.Count - 1];
        _nodes.RemoveAt(_nodes.Count - 1);
        _isQueued[first.Id] = false;
        if (_nodes.Count > 0)
        {
            SiftDown(last);
        }

        return first;
    }

    private void SiftDown(FlowNode node)
    {
        var index = 0;
        for (var child = 1; child < _nodes.Count; child = (2 * index) + 1)
        {
            if (child + 1 < _nodes.Count && Precedes(_nodes[child + 1], _nodes[child]))
            {
                child++;
            }

            if (!Precedes(_nodes[child], node))
            {
                break;
            }

            _nodes[index] = _nodes[child];
            index = child;
        }

        _nodes[index] = node;
    }

    private bool Precedes(FlowNode one, FlowNode other)
    {
        var byBlock = one.Block.Ordinal - other.Block.Ordinal;
        return byBlock == 0 ? one.Id < other.Id : byBlock < 0 != backwards;
    }
}
