using System.Collections;
using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>An immutable array that is equal to another when its elements are, so that program nodes compare by value.</summary>
[CollectionBuilder(typeof(EquatableArray), nameof(EquatableArray.Create))]
public readonly struct EquatableArray<T>(T[] items) : IEquatable<EquatableArray<T>>, IReadOnlyList<T>
{
    readonly T[]? items = items;

    T[] Items => items ?? [];
    public int Count => Items.Length;
    public T this[int index] => Items[index];

    public bool Equals(EquatableArray<T> other) => Items.AsSpan().SequenceEqual(other.Items);
    public override bool Equals(object? obj) => obj is EquatableArray<T> other && Equals(other);
    public static bool operator ==(EquatableArray<T> left, EquatableArray<T> right) => left.Equals(right);
    public static bool operator !=(EquatableArray<T> left, EquatableArray<T> right) => !left.Equals(right);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in Items) hash.Add(item);
        return hash.ToHashCode();
    }

    public ReadOnlySpan<T> AsSpan() => Items;
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => Items.GetEnumerator();

    /// <summary>The same array when <paramref name="change"/> changes no element: rewriting a program copies only what differs.</summary>
    public EquatableArray<T> Map(Func<T, T> change)
    {
        T[]? changed = null;
        for (var i = 0; i < Items.Length; i++)
        {
            var item = change(Items[i]);
            if (changed is null && ReferenceEquals(item, Items[i])) continue;
            changed ??= [.. Items];
            changed[i] = item;
        }
        return changed is null ? this : new(changed);
    }
}

/// <summary>Builds <see cref="EquatableArray{T}"/> from collection expressions.</summary>
public static class EquatableArray
{
    public static EquatableArray<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());
    public static EquatableArray<T> ToEquatable<T>(this IEnumerable<T> items) => new(items.ToArray());
}
