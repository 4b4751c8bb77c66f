namespace Adjoint;

/// <summary>Random orders.</summary>
static class Permutation
{
    /// <summary>The numbers from 0 in an order that follows from seed and number alone (Fisher and Yates).</summary>
    /// <param name="number">Of the epoch, or whatever counts the orders of one seed.</param>
    public static void Fill(Span<int> order, ulong seed, uint number)
    {
        var random = new Philox(seed, Philox.StreamOf("permutation"), number);
        for (var i = 0; i < order.Length; i++)
        {
            var other = (int)(random.Uniform(i) * (i + 1L)); // 0 to i
            order[i] = order[other]; // its own place where other is i: overwritten next
            order[other] = i;
        }
    }
}
