namespace Adjoint;

static class StraightOrder
{
    public static int[] Of(List<CodeStatement> block)
    {
        var mode = Environment.GetEnvironmentVariable("ADJ_ORD");
        var n = block.Count;
        if (mode is null or "") return [.. Enumerable.Range(0, n)];
        var lastWrite = new Dictionary<CodeLocal, int>();
        var readers = new Dictionary<CodeLocal, List<int>>();
        var before = new List<int>[n];
        int lastStore = -1; var loads = new List<int>();
        for (var i = 0; i < n; i++)
        {
            var deps = before[i] = [];
            var isLoad = false;
            void Read(CodeLocal l) { if (lastWrite.TryGetValue(l, out var w)) deps.Add(w); (readers.TryGetValue(l, out var r) ? r : readers[l] = []).Add(i); }
            void Walk(CodeExpr? e)
            {
                switch (e)
                {
                    case CodeLocal l: Read(l); break;
                    case CodeLoad load: isLoad = true; Walk(load.Pointer); Walk(load.Index); Walk(load.Mask); break;
                    case CodeOperation o: foreach (var a in o.Args) Walk(a); break;
                    case CodeCall c: foreach (var a in c.Args) Walk(a); break;
                }
            }
            switch (block[i])
            {
                case CodeAssign a:
                    Walk(a.Value);
                    if (!a.IsDeclaration) { if (readers.TryGetValue(a.Local, out var r)) deps.AddRange(r.Where(x => x != i)); if (lastWrite.TryGetValue(a.Local, out var w)) deps.Add(w); }
                    lastWrite[a.Local] = i; readers.Remove(a.Local);
                    break;
                case CodeStore s:
                    Walk(s.Pointer); Walk(s.Index); Walk(s.Value); Walk(s.Mask);
                    deps.AddRange(loads.Where(x => x != i)); if (lastStore >= 0) deps.Add(lastStore);
                    lastStore = i;
                    break;
            }
            if (isLoad && lastStore >= 0 && lastStore != i) deps.Add(lastStore);
            if (isLoad) loads.Add(i);
        }
        double Lat(int i) => block[i] switch { CodeAssign a => L(a.Value), CodeStore s => 1 + L(s.Value), _ => 0.01 };
        static double L(CodeExpr e) => e switch
        {
            CodeLoad => 6,
            CodeOperation o => (o.Op is CodeOp.Divide or CodeOp.Sqrt ? 12 : o.Type.IsFloating && o.Op is CodeOp.Fma or CodeOp.Add or CodeOp.Multiply or CodeOp.Subtract ? 4 : 1) + (o.Args.Length == 0 ? 0 : o.Args.Max(L)),
            _ => 0.01,
        };
        if (mode == "asap")
        {
            var depth = new double[n];
            for (var i = 0; i < n; i++) { var d = 0.0; foreach (var j in before[i]) d = Math.Max(d, depth[j] + Lat(j)); depth[i] = d; }
            return [.. Enumerable.Range(0, n).OrderBy(i => depth[i])];
        }
        var rest = new double[n];
        for (var i = n - 1; i >= 0; i--) { rest[i] += Lat(i); foreach (var j in before[i]) rest[j] = Math.Max(rest[j], rest[i]); }
        return [.. Enumerable.Range(0, n).OrderByDescending(i => rest[i])];
    }
}
