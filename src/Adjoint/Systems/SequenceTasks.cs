using System.Globalization;

namespace Adjoint;

/// <summary>Sequences and what they become: drawn here, so that there is nothing to download.</summary>
static class SequenceTasks
{
    static readonly string[] Small =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
            "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];

    static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    static readonly string[] Dates = ["d MMM yyyy", "MMMM d, yyyy", "dd.MM.yyyy", "d MMMM yyyy", "dddd, d MMMM yyyy", "MMM d yyyy"];

    /// <summary>Character 0 ends a sequence.</summary>
    public static Alphabet Alphabet { get; } = new("\0 ,.-0123456789abcdefghijklmnopqrstuvwxyz");

    /// <summary>The most characters of a source, and of a target with its end.</summary>
    public static (int Source, int Target) Lengths(string task) => task switch
    {
        "dates" => (28, 11),
        "reverse" => (10, 11),
        "numbers" => (4, 43),
        _ => throw new SettingException($"Setting 'task': there is no '{task}'.\n  tasks  dates, reverse, numbers"),
    };

    public static (string Source, string Target) Draw(string task, SplitMix64 random)
    {
        if (task == "numbers" && random.Integer(0, 9999) is var number) return (number.ToString(CultureInfo.InvariantCulture), Words(number));
        if (task == "reverse")
        {
            var letters = Enumerable.Range(0, random.Integer(3, 10)).Select(_ => (char)('a' + random.Integer(0, 9))).ToArray();
            return (new(letters), new([.. letters.Reverse()]));
        }
        var date = new DateOnly(1950, 1, 1).AddDays(random.Integer(0, 36_500));
        var form = Dates[random.Integer(0, Dates.Length - 1)];
        return (date.ToString(form, CultureInfo.InvariantCulture).ToLowerInvariant(), date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    /// <summary>0 to 9999 in English.</summary>
    public static string Words(int number) => number switch
    {
        < 20 => Small[number],
        < 100 => Tens[number / 10] + (number % 10 > 0 ? "-" + Small[number % 10] : ""),
        < 1000 => Small[number / 100] + " hundred" + (number % 100 > 0 ? " " + Words(number % 100) : ""),
        _ => Small[number / 1000] + " thousand" + (number % 1000 > 0 ? " " + Words(number % 1000) : ""),
    };

    /// <summary>tokens [n + m]: the source, then what was written before each place; answer [m], -1 behind the end.</summary>
    public static Dataset Dataset(string task, int count, ulong seed)
    {
        var (n, m) = Lengths(task);
        var random = new SplitMix64(seed);
        int[] tokens = new int[count * (n + m)], answers = new int[count * m];
        Array.Fill(answers, -1);
        for (var e = 0; e < count; e++)
        {
            var (source, target) = Draw(task, random);
            var written = Alphabet.Encode(target);
            Alphabet.Encode(source).CopyTo(tokens, e * (n + m));
            written.CopyTo(tokens, e * (n + m) + n + 1);
            written.CopyTo(answers, e * m);
            answers[e * m + written.Length] = 0;
        }
        return new ArrayDataset(task, ("tokens", HostArray.Of<int>(DType.Int32, tokens, count, n + m)),
            ("answer", HostArray.Of<int>(DType.Int32, answers, count, m)));
    }
}
