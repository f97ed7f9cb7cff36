"""Which modules put out sequences of tokens, (rows, T, D), and which channels, (rows, C, L)."""

from __future__ import annotations

from typing import Iterable, Mapping, Optional

from torch import nn

__all__ = ["may_be_tokens"]

#: Modules whose second dimension counts channels. Some are not in every version.
_CHANNELS = tuple(getattr(nn, name) for name in (
    "Conv1d", "ConvTranspose1d", "BatchNorm1d", "SyncBatchNorm", "InstanceNorm1d", "GroupNorm", "LocalResponseNorm", "MaxPool1d", "MaxUnpool1d",
    "AvgPool1d", "LPPool1d", "AdaptiveAvgPool1d", "AdaptiveMaxPool1d", "ConstantPad1d", "ReflectionPad1d", "ReplicationPad1d", "ZeroPad1d",
    "CircularPad1d", "Dropout1d", "FeatureAlphaDropout", "Upsample", "Unfold", "ChannelShuffle",
) if hasattr(nn, name))
#: Modules that work on each value by itself: what they put out is what they are given.
_PLAIN = tuple(
    kind for kind in vars(nn.modules.activation).values()
    if isinstance(kind, type) and issubclass(kind, nn.Module) and kind is not nn.Module and kind is not nn.MultiheadAttention
) + (nn.Dropout, nn.AlphaDropout, nn.Identity)


def may_be_tokens(module: nn.Module, name: str, layer: str, modules: Mapping[str, nn.Module]) -> bool:
    """Whether a tensor of three dimensions may be sequences, which a mask or lengths cut.

    Parameters
    ----------
    module : torch.nn.Module
        What put it out.
    name, layer : str
        What the module and the tensor are called.
    modules : mapping of str to torch.nn.Module
        All modules of the model by their names.
    """
    # The states of an RNN are one of each layer and direction, and none of a token.
    if isinstance(module, nn.RNNBase) and "[" in layer[len(name):]:
        return False
    found = _has_channels(module)
    # Within a Sequential, an activation has what comes before it.
    while found is None and name:
        name, _, own = name.rpartition(".")
        parent = modules.get(name)
        if not isinstance(parent, nn.Sequential):
            break
        before = list(parent._modules)
        found = _last(parent._modules[one] for one in reversed(before[:before.index(own)]))
    return found is not True


def _has_channels(module: Optional[nn.Module]) -> Optional[bool]:
    """Whether its second dimension counts channels; None where that is as in what it is given."""
    if isinstance(module, _CHANNELS):
        return True
    if module is None or isinstance(module, _PLAIN):
        return None
    if isinstance(module, nn.Sequential):
        return _last(reversed(list(module)))
    return False


def _last(modules: Iterable[Optional[nn.Module]]) -> Optional[bool]:
    """Of modules that run one after the other, the last first."""
    return next((found for found in map(_has_channels, modules) if found is not None), None)
