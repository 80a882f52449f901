"""The classic recipe is the Keras model of the tutorials: with its weights, Keras computes the same."""

import numpy as np
import pytest
import torch

from denoise_core.networks import ClassicLSTM

pytestmark = pytest.mark.slow

STEPS = 19


@pytest.fixture(scope="module")
def keras(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        patch.setenv("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))
        import keras

        yield keras


def tutorial_model(keras, recipe):
    """``Sequential([LSTM, ..., LSTM, Dense(1)])`` with the weights of `recipe`."""
    layers, size = recipe.lstm.num_layers, recipe.lstm.hidden_size
    stack = [keras.layers.LSTM(size, return_sequences=i < layers - 1) for i in range(layers)]
    model = keras.Sequential([keras.Input((STEPS, 1)), *stack, keras.layers.Dense(1)])
    weights = {name: tensor.detach().numpy() for name, tensor in recipe.state_dict().items()}
    for i, layer in enumerate(stack):  # both keep the gates in the order input, forget, cell, output; Keras has one bias
        bias = weights[f"lstm.bias_ih_l{i}"] + weights[f"lstm.bias_hh_l{i}"]
        layer.set_weights([weights[f"lstm.weight_ih_l{i}"].T, weights[f"lstm.weight_hh_l{i}"].T, bias])
    model.layers[-1].set_weights([weights["linear.weight"].T, weights["linear.bias"]])
    return model


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own
@pytest.mark.parametrize(("layers", "hidden_size"), [(1, 8), (2, 64), (3, 5)])
def test_keras_computes_the_same_from_the_same_weights(keras, layers, hidden_size):
    torch.manual_seed(layers)
    recipe = ClassicLSTM(hidden_size, layers, dropout=0.0).eval()
    for parameter in recipe.parameters():
        torch.nn.init.normal_(parameter, std=1.5 * hidden_size**-0.5)
    windows = torch.randn(16, STEPS, 1)
    wanted = tutorial_model(keras, recipe).predict(windows.numpy(), verbose=0)
    with torch.inference_mode():
        np.testing.assert_allclose(recipe(windows).numpy(), wanted, atol=1e-5, rtol=0)
    assert wanted.shape == (16, 1)
    assert wanted.std() > 1e-3  # a hundred times the tolerance
